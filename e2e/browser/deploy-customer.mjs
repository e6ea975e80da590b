// The customer's part of a deployment, in the Customer Portal.

import assert from "node:assert/strict";
import { enter, skipToContent, tabTo } from "./keys.mjs";
import { look } from "./look.mjs";
import { becomes, follow, heading, press, stays, submit, words } from "./portal.mjs";

/** Its own target and no other; of two applications with four versions the one version that is granted. */
export async function seeOffers({ hub, peter: { page }, target, vault }) {
  await page.goto(`${hub.url}/`);
  assert.match(await words(page), /0 deployments/);
  await look(page, "home");
  await follow(page, "All deployments");
  assert.match(await words(page), /pier-7[\s\S]*Connected/);
  assert.doesNotMatch(await words(page), /vault|lab|Hooli/);
  await look(page, "targets");
  for (const address of ["", "/deploy", "/connect", "/edit", "/logs", "/delete"]) {
    const answer = await page.context().request.get(`${hub.url}/deployment-targets/${vault.id}${address}`);
    assert.equal(answer.status(), 404, address);
  }
  const applications = await page.context().request.get(`${hub.url}/applications`);
  assert.equal(applications.status(), 403);
  await page.goto(`${hub.url}/deployment-targets/${target}/deploy`);
  assert.deepEqual(await page.locator("[name=version] option").allInnerTexts(), ["1.0.0"]);
  assert.doesNotMatch(await page.content(), /Atlas|2\.0\.0|3\.0\.0/);
}

/** Deploys without a mouse, with a word of its own in the environment file. */
export async function deploy(story) {
  const { hub, peter: { page }, images, secrets, template } = story;
  await images;
  await page.goto(`${hub.url}/deployments`);
  await skipToContent(page);
  await tabTo(page, ({ text }) => text === "pier-7");
  await enter(page);
  await skipToContent(page);
  await tabTo(page, ({ text }) => text === "Deploy");
  await enter(page);
  assert.equal(await heading(page), "Deploy at pier-7");
  assert.equal(await page.locator("[name=source]").inputValue(), template);
  assert.match(await page.locator("#granted").innerText(), /Ledger 1/);
  await look(page, "deploy", secrets);
  await skipToContent(page);
  await tabTo(page, ({ name }) => name === "source");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("PIER=7\n");
  await tabTo(page, ({ text }) => text === "Deploy");
  await enter(page);
  assert.equal(await heading(page), "Ledger at pier-7");
  assert.match(await words(page), /Deployed\. The agent takes it over/);
  assert.match(await page.locator("#source").innerText(), /PIER=7/);
  story.deployment = page.url().match(/[0-9a-f-]{36}/)[0];
}

/** The page of the deployment and its log go on by themselves, also while somebody uses them. */
export async function watch({ peter: { page }, mara, machine, hub, deployment, secrets }) {
  let stay = await stays(page);
  await becomes(page, "#badges[aria-live=polite]", /Healthy/, machine);
  await becomes(page, "#status", /Healthy\s+for [^·]+· revision 1/, machine);
  await stay();
  assert.match(await words(page), /Before you deploy\s+Open the books first\./);
  await look(page, "deployment", secrets);
  assert.match(await machine.containers(), /ledger:1\.0\.0 running/);

  await follow(page, "Log");
  stay = await stays(page);
  await becomes(page, "[role=log]", /ledger 1\.0\.0 opens the books with \S+\s/, machine);
  const shown = await page.locator("[role=log]").innerText();
  assert.match(shown, /opens the books with (\*+|•+|\[[^\]]+\])/);
  assert.doesNotMatch(shown, /eyJ/);
  await look(page, "log", secrets);
  // A reader who has moved into the log by keyboard, and up, goes on reading there while new lines come.
  const log = page.locator("[role=log]");
  await log.focus();
  await log.evaluate((element) => (element.scrollTop = -200));
  const place = () => log.locator("li", { hasText: "account 40 " }).evaluate((line) => line.getBoundingClientRect().top);
  const [before, read] = [await lastEntry(page), await place()];
  await page.waitForFunction((entry) => Number(document.querySelector("[role=log]").innerText.match(/entry (\d+)\s*$/)?.[1]) > entry, before);
  assert.equal(await place(), read);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "log");
  await stay();
  await page.getByLabel("Containing").fill("opens");
  await page.waitForFunction(() => !/entry \d/.test(document.querySelector("[role=log]").innerText));
  assert.match(await page.locator("[role=log]").innerText(), /opens the books/);

  await mara.page.goto(`${hub.url}/deployments/${deployment}/logs?q=license`);
  await becomes(mara.page, "[role=log]", /license/);
  assert.doesNotMatch(await words(mara.page), /eyJ/);
  await look(mara.page, "log-vendor", secrets);
}

async function lastEntry(page) {
  return Number((await page.locator("[role=log]").innerText()).match(/entry (\d+)\s*$/)[1]);
}

/** What the form does not offer is refused, whatever is sent: another version, another application, another's target. */
export async function forge({ hub, peter: { page }, api, target, vault, atlas, atlasVersion }) {
  const applications = await api.call("GET", "applications");
  const third = applications.find(({ name }) => name === "Ledger").versions.find(({ name }) => name === "3.0.0");
  const before = await deployed(api);
  for (const [fields, action, status] of [
    [{ version: third.id }, target, 422],
    [{ applicationId: atlas.id, version: atlasVersion.id }, target, 422],
    [{}, vault.id, 404],
  ]) {
    await page.goto(`${hub.url}/deployment-targets/${target}/deploy`);
    const left = page.waitForNavigation();
    await page.evaluate(send, { fields, action: `/deployment-targets/${action}/deploy` });
    assert.equal((await left).status(), status);
    assert.doesNotMatch(await page.content(), /Atlas/);
  }
  assert.deepEqual(await deployed(api), before);
}

/** The revisions that are deployed anywhere. */
async function deployed(api) {
  const targets = await api.call("GET", "deployment-targets");
  return targets.flatMap(({ deployments }) => deployments.map(({ deploymentRevisionId }) => deploymentRevisionId));
}

/** Sends the page's form with other values than it offers. Runs in the page. */
function send({ fields, action }) {
  const form = document.querySelector("main form");
  const body = new FormData(form);
  const forged = document.createElement("form");
  Object.assign(forged, { method: "post", action });
  for (const [name, value] of [...body, ["step", "save"], ...Object.entries(fields)]) {
    const known = forged.querySelector(`[name="${name}"]`);
    const field = known ?? forged.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name, value });
  }
  const seen = forged.querySelector("[name=seen]");
  if (seen && fields.version) seen.value = fields.version;
  document.body.append(forged);
  forged.submit();
}

/** Version 2 is granted while the page is open, deployed with what it reaches told, compared, and taken back. */
export async function update(story) {
  const { hub, peter: { page }, mara, machine, secrets, deployment, entitlement } = story;
  await page.goto(`${hub.url}/deployments/${deployment}`);
  let stay = await stays(page);
  await mara.page.goto(`${hub.url}/application-entitlements/${entitlement}/edit`);
  await mara.page.locator(".pick", { hasText: "2.0.0" }).getByRole("checkbox").check();
  await submit(mara.page, {}, "Save");
  assert.match(await words(mara.page), /Saved\./);
  await becomes(page, "#facts", /2\.0\.0 can be deployed/);
  await stay();

  await follow(page, "Update");
  assert.deepEqual(await page.locator("[name=version] option").allInnerTexts(), ["2.0.0", "1.0.0 (runs now)"]);
  await page.locator("[name=version]").selectOption({ label: "2.0.0" });
  await becomes(page, "#risks", /mounts “\/etc\/hostname” of the host/);
  await look(page, "update", secrets);
  await submit(page, {}, "Deploy");
  assert.equal(await heading(page), "Ledger at pier-7");
  stay = await stays(page);
  await becomes(page, "#status", /Healthy\s+for [^·]+· revision 2/, machine);
  await stay();
  assert.match(await machine.containers(), /ledger:2\.0\.0 running/);

  await press(page, page.locator("#revisions").getByRole("link", { name: "Revision 2", exact: true }));
  assert.match(await page.locator("#changes").innerText(), /version {2}1\.0\.0[\s\S]*version {2}2\.0\.0/);
  await look(page, "revision-2", secrets);
  await follow(page, "Back to the deployment");
  await press(page, page.locator("#revisions").getByRole("link", { name: "Revision 1", exact: true }));
  assert.match(await page.locator("#roll-back").innerText(), /2 → 1[\s\S]*version {2}2\.0\.0[\s\S]*version {2}1\.0\.0/);
  await look(page, "roll-back", secrets);
  await submit(page, {}, "Roll back to revision 1");
  stay = await stays(page);
  await becomes(page, "#revisions", /3\s+1\.0\.0\s+Current[\s\S]*rolled back to revision 1/);
  await becomes(page, "#status", /Healthy\s+for [^·]+· revision 3/, machine);
  await stay();
  assert.match(await machine.containers(), /ledger:1\.0\.0 running/);
  await look(page, "rolled-back", secrets);
}

/** Who may only read sees the same and can change nothing, not even by a form of their own. */
export async function readOnly({ hub, rita: { page }, target, deployment, secrets }) {
  for (const path of [
    "/deployments",
    `/deployment-targets/${target}`,
    `/deployment-targets/${target}/logs`,
    `/deployments/${deployment}`,
    `/deployments/${deployment}/logs`,
    `/deployments/${deployment}/status`,
    `/deployments/${deployment}/revisions/1`,
    "/secrets",
  ]) {
    await page.goto(hub.url + path);
    assert.equal(await page.locator("main form[method=post]").count(), 0, path);
    const links = await page.locator("main a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    assert.deepEqual(links.filter((link) => /\/(new|edit|delete|deploy|connect)$/.test(link)), [], path);
    await look(page, `reader-${path.split("/").slice(1).map((part) => part.slice(0, 12)).join("-")}`, secrets);
  }
  for (const path of [`/deployments/${deployment}/restart`, `/deployments/${deployment}/delete`, `/deployments/${deployment}/revisions/1/roll-back`]) {
    await page.goto(`${hub.url}/deployments/${deployment}`);
    const left = page.waitForNavigation();
    await page.evaluate((action) => {
      const form = document.querySelector("form:has([name=csrf])");
      form.action = action;
      HTMLFormElement.prototype.submit.call(form);
    }, path);
    assert.equal((await left).status(), 403, path);
  }
}

/** The question names what is lost; then the target's page says that nothing is there, and nothing is. */
export async function undeploy({ hub, peter: { page }, mara, machine, deployment, secrets }) {
  await mara.page.goto(`${hub.url}/deployments/${deployment}`);
  await page.goto(`${hub.url}/deployments/${deployment}`);
  await skipToContent(page);
  await tabTo(page, ({ text }) => text === "Undeploy");
  await enter(page);
  assert.equal(await heading(page), "Undeploy Ledger?");
  assert.match(await words(page), /The agent at pier-7 stops and removes its containers[\s\S]*Its revisions, status and logs/);
  await look(page, "undeploy", secrets);
  await skipToContent(page);
  await tabTo(page, ({ text }) => text === "Undeploy");
  await enter(page);
  assert.equal(await heading(page), "pier-7");
  assert.match(await words(page), /Undeployed\.[\s\S]*Nothing is deployed here/);
  for (let tries = 0; tries < 600 && (await machine.containers()) !== ""; tries++) await page.waitForTimeout(100);
  assert.equal(await machine.containers(), "");
  // The vendor had it open; the page does not go on telling how it was.
  await becomes(mara.page, "h1", /Not found/);
}
