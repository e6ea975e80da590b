// What a vendor pushes, one customer is entitled to a tag of, by keyboard alone, and that customer sees exactly that.

import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage } from "../browser.mjs";
import { Hub } from "../hub.mjs";
import { enter, skipToContent, tabTo, type } from "./keys.mjs";
import { complainsOnly, fits, follow, heading, signIn, submit, words, PASSWORD } from "./portal.mjs";
import { pull, push } from "./registry.mjs";

const EMAIL = "mara@northwind.example";
const VIEW = { viewport: { width: 1280, height: 900 } };
const TAGS = ["1.0.0", "1.1.0", "2.0.0"];

test("a customer sees the one tag that it is entitled to", async () => {
  const hub = await Hub.start();
  const browser = await launch();
  try {
    await journey(hub, browser);
  } finally {
    await browser.close();
    await hub.stop();
  }
});

async function journey(hub, browser) {
  const made = await hub.setUp({ name: "Northwind", slug: "northwind", email: EMAIL, password: PASSWORD });
  const { accessToken } = made;
  for (const tag of TAGS) await push(hub, accessToken, "northwind/fleet/api", tag);
  await push(hub, accessToken, "northwind/charts/fleet", "0.1.0");
  const initech = await customer(hub, accessToken, "Initech GmbH");
  await customer(hub, accessToken, "Hooli");

  const vendor = await openPage(browser, VIEW);
  await signIn(vendor.page, hub, EMAIL);
  await seeArtifacts(vendor.page, hub);
  await entitle(vendor.page, hub, initech);
  await ask(vendor.page, hub, initech);

  const invitation = { email: "peter@initech.example", userRole: "read_only", customerOrganizationId: initech };
  const invited = await hub.api("POST", "/api/v1/user-accounts", { accessToken, body: invitation });
  const buyer = await openPage(browser, VIEW);
  await buyer.page.goto(invited.body.inviteUrl);
  await submit(buyer.page, { name: "Peter Bolt", password: PASSWORD }, "Join");
  await seeOwn(buyer.page, hub);
  await pullOwn(buyer.page, hub);
  await seePulls(vendor.page, hub);
  complainsOnly(vendor.complaints);
  // The page of an artifact that is not there for the customer answers 404, which the browser notes.
  assert.deepEqual(buyer.complaints.filter((text) => !text.includes("status of 404")), []);
}

async function customer(hub, accessToken, name) {
  const made = await hub.api("POST", "/api/v1/customer-organizations", { accessToken, body: { name } });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body.id;
}

async function seeArtifacts(page, hub) {
  await page.goto(`${hub.url}/artifacts`);
  assert.match(await words(page), /fleet\/api\s+Container image/);
  await fits(page);
  await follow(page, "fleet/api");
  assert.equal(await heading(page), "fleet/api");
  const shown = await words(page);
  for (const tag of TAGS) assert.ok(shown.includes(tag), tag);
  assert.match(shown, /docker pull 127\.0\.0\.1:\d+\/northwind\/fleet\/api:2\.0\.0/);
  assert.match(shown, /Every customer may pull it\./);
  await fits(page);
}

/** Fills the form of an entitlement by keyboard: a name, an artifact, one of its tags, and the first one's confirmation. */
async function entitle(page, hub, customer) {
  await page.goto(`${hub.url}/artifact-entitlements/new?customer=${customer}`);
  await skipToContent(page);
  await type(page, "name", "Long-term support");
  await tabTo(page, ({ name }) => name === "artifact-0");
  await page.keyboard.type("fleet/api");
  await page.getByText("3 tags today, and every tag pushed later.").waitFor();
  await tabTo(page, ({ name }) => name === "scope-0");
  // From “All tags” over “The tags of today” to “Chosen tags”.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await tabTo(page, ({ name, value }) => name === "tag-0" && value === "1.1.0");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => /^1 tag\s+1\.1\.0$/m.test(document.getElementById("granted").innerText));
  await fits(page);
  await tabTo(page, ({ name }) => name === "confirm");
  await page.keyboard.press("Space");
  await tabTo(page, ({ text }) => text === "Create entitlement");
  await enter(page);
  assert.equal(await heading(page), "Initech GmbH");
  const shown = await words(page);
  assert.match(shown, /Created\./);
  assert.match(shown, /Long-term support/);
  assert.match(shown, /1 of 3 tags/);
  await fits(page);
}

async function ask(page, hub, customer) {
  for (const [artifact, reference, answer] of [
    ["fleet/api", "1.1.0", /Allowed[\s\S]*Long-term support grants it: 1 chosen tag/],
    ["fleet/api", "2.0.0", /Not allowed[\s\S]*grants chosen tags, and this is none of them/],
    ["charts/fleet", "0.1.0", /Not allowed[\s\S]*No entitlement of this customer names the artifact/],
    ["fleet/api", "3.0.0", /Not there/],
  ]) {
    await page.goto(`${hub.url}/licenses/${customer}`);
    await submit(page, { artifact, reference }, "Why? about a tag");
    assert.match(await page.locator(".answer").innerText(), answer);
  }
  await fits(page);
}

/** The customer's pages name the one tag, and nothing else that was pushed. */
async function seeOwn(page, hub) {
  assert.equal(await heading(page), "Initech GmbH");
  assert.match(await words(page), /fleet\/api\s+1\.1\.0/);
  await fits(page);
  await page.goto(`${hub.url}/artifacts`);
  const list = await words(page);
  assert.match(list, /1 of 1 artifact/);
  assert.doesNotMatch(list, /charts\/fleet|2\.0\.0/);
  await fits(page);
  await follow(page, "fleet/api");
  const shown = await words(page);
  assert.match(shown, /docker pull 127\.0\.0\.1:\d+\/northwind\/fleet\/api:1\.1\.0/);
  assert.doesNotMatch(shown, /2\.0\.0|1\.0\.0|Long-term support/);
  await fits(page);
}

/** An access token of the customer's own pulls that tag and no other. */
async function pullOwn(page, hub) {
  await page.goto(`${hub.url}/tokens/new`);
  await submit(page, { label: "Registry" }, "Create access token");
  const token = (await page.locator("main").innerText()).match(/grantry_pat_\S+/)[0];
  assert.equal(await pull(hub, token, "northwind/fleet/api", "1.1.0"), 200);
  for (const [repository, tag] of [["northwind/fleet/api", "2.0.0"], ["northwind/charts/fleet", "0.1.0"]]) {
    assert.equal(await pull(hub, token, repository, tag), 404, `${repository}:${tag}`);
  }
}

/** The vendor sees the one pull, some seconds after it. */
async function seePulls(page, hub) {
  for (let tries = 0; tries < 60; tries++) {
    await page.goto(`${hub.url}/artifacts/pulls`);
    if (/Peter Bolt/.test(await words(page))) break;
    await page.waitForTimeout(500);
  }
  assert.match(await words(page), /Initech GmbH\s+Peter Bolt\s+fleet\/api\s+1\.1\.0/);
  assert.match(await words(page), /1 pull\b/);
  await fits(page);
}
