// From an application to a customer's machine and back, as a vendor and a customer see it: entitled, connected, deployed, watched,
// updated, rolled back, redeployed with another secret and another license, undeployed. The agent and the Docker engine are real.

import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage } from "../browser.mjs";
import { Member } from "../deploy/vendor.mjs";
import { Hub } from "../hub.mjs";
import * as customer from "./deploy-customer.mjs";
import * as vendor from "./deploy-vendor.mjs";
import { compose, publish, TEMPLATE } from "./ledger.mjs";
import { Machine } from "./machine.mjs";
import { complainsOnly, PASSWORD, signIn } from "./portal.mjs";

const EMAIL = "mara@northwind.example";
const WIDE = { viewport: { width: 1280, height: 900 } };
const NARROW = { viewport: { width: 400, height: 800 } };
const LIMIT = 60_000; // milliseconds; on a busy machine an agent takes its time

test("a customer deploys what it is entitled to", async (context) => {
  const stage = await open();
  try {
    const story = await begin(stage);
    const steps = [
      ["the vendor adds an application and its versions", vendor.addApplication],
      ["the vendor writes a secret, which never shows again", vendor.writeSecret],
      ["the vendor entitles the customer and asks why", vendor.entitle],
      ["the vendor connects a target by the command that is shown once", vendor.connect],
      ["the customer is offered what it is entitled to", customer.seeOffers],
      ["the customer deploys by keyboard", customer.deploy],
      ["status and logs come without a reload", customer.watch],
      ["what is not entitled can’t be deployed by a forged form", customer.forge],
      ["an update is offered, deployed, compared and rolled back", customer.update],
      ["a secret and a license key redeploy after a question", vendor.change],
      ["a member who may only read finds nothing to press", customer.readOnly],
      ["the customer undeploys by keyboard", customer.undeploy],
    ];
    for (const [name, step] of steps) {
      let passed = false;
      await context.test(name, async () => {
        await step(story);
        passed = true;
      });
      if (!passed) break; // what follows builds on it
    }
    // What they may not do, and what is gone, the browser notes, too.
    const others = ({ complaints }) => complaints.filter((text) => !/status of 40[34]/.test(text));
    complainsOnly(others(story.mara), 4);
    complainsOnly(others(story.peter), 2);
    complainsOnly(others(story.rita));
  } finally {
    await stage.close();
  }
});

/** The hub, the browser and the customer's machine; what did start is ended if something did not. */
async function open() {
  const all = await Promise.allSettled([Hub.start(), launch(), Machine.start()]);
  const [hub, browser, machine] = all.map(({ value }) => value);
  const close = async () => {
    await browser?.close();
    await machine?.stop();
    await hub?.stop();
  };
  const failed = all.find(({ status }) => status === "rejected");
  if (!failed) return { hub, browser, machine, close };
  await close();
  throw failed.reason;
}

/** Who takes part, and what is there before the story begins. */
async function begin({ hub, browser, machine }) {
  const { accessToken } = await hub.setUp({ name: "Northwind", slug: "northwind", email: EMAIL, password: PASSWORD });
  const api = new Member(hub, accessToken);
  const host = `127.0.0.1:${hub.port}`;
  await machine.docker.run(["login", "--username", "vendor", "--password-stdin", host], { input: accessToken });
  const image = `${host}/northwind/ledger`;
  const images = publish(machine.docker, machine.folder, image, ["1.0.0", "2.0.0"]);
  images.catch(() => {}); // told where it is awaited
  const initech = (await api.call("POST", "customer-organizations", { name: "Initech GmbH" })).id;
  const hooli = (await api.call("POST", "customer-organizations", { name: "Hooli" })).id;
  const target = { type: "docker", deployments: [] };
  const vault = await api.call("POST", "deployment-targets", { ...target, name: "hooli-vault", customerOrganization: { id: hooli } });
  assert.equal(vault.customerOrganization.id, hooli);
  await api.call("POST", "deployment-targets", { ...target, name: "own-lab" });
  const atlas = await api.call("POST", "applications", { name: "Atlas", type: "docker" });
  const atlasVersion = await api.addVersion(atlas.id, { name: "7.0.0" }, { composefile: compose("atlas:7.0.0") });
  await api.call("POST", "license-keys", {
    name: "LEDGER",
    customerOrganizationId: initech,
    payload: { seats: 5 },
    notBefore: new Date(Date.now() - 3_600_000).toISOString(),
    expiresAt: new Date(Date.now() + 86_400_000 * 90).toISOString(),
  });
  const member = (name, userRole) => join(hub, api, { name, userRole, customerOrganizationId: initech });
  await Promise.all([member("Peter Bolt", "admin"), member("Rita Sand", "read_only")]);
  const enter = async (email, view) => {
    const opened = await openPage(browser, view);
    opened.page.setDefaultTimeout(LIMIT);
    await signIn(opened.page, hub, email);
    return opened;
  };
  const mara = await enter(EMAIL, { ...WIDE, colorScheme: "dark" });
  const peter = await enter("peter.bolt@initech.example", WIDE);
  const rita = await enter("rita.sand@initech.example", NARROW);
  const secrets = ["correct-horse-battery", "staple-gun-nineteen"];
  return { hub, api, machine, image, images, initech, vault, atlas, atlasVersion, mara, peter, rita, secrets, template: TEMPLATE };
}

async function join(hub, api, { name, ...invitation }) {
  const email = `${name.toLowerCase().replace(" ", ".")}@initech.example`;
  const { inviteUrl } = await api.call("POST", "user-accounts", { ...invitation, email });
  const bearer = inviteUrl.split("/").at(-1);
  const answer = await hub.api("POST", "/api/v1/auth/invite/accept", { bearer, body: { name, password: PASSWORD } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}
