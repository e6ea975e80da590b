// The vendor's part of a deployment, in its portal.

import assert from "node:assert/strict";
import { compose } from "./ledger.mjs";
import { look } from "./look.mjs";
import { becomes, follow, heading, press, stays, submit, words } from "./portal.mjs";

/** An application with three versions; the first try of the first one is no YAML. */
export async function addApplication({ hub, mara: { page }, image, template }) {
  await page.goto(`${hub.url}/applications`);
  await follow(page, "New application");
  await look(page, "application-new");
  await submit(page, { name: "Ledger" }, "Create application");
  // Without a version there is nothing to deploy, so the next step stands first.
  assert.equal(await heading(page), "Add version");
  await follow(page, "Ledger");
  assert.match(await words(page), /No versions yet/);
  await look(page, "application-empty");

  await follow(page, "Add version");
  const broken = compose(`${image}:1.0.0`).replace("network_mode: none", "network_mode none");
  await attach(page, "composefile", broken);
  await page.getByRole("button", { name: "Add document" }).press("Enter");
  await page.locator("[name=resource-name-0]").waitFor();
  const notes = { "resource-name-0": "Before you deploy", "resource-content-0": "Open the *books* first." };
  const refused = await submit(page, { name: "1.0.0", templatefile: template, ...notes }, "Add version");
  assert.equal(refused.status(), 422);
  assert.match(await page.locator("#composefile-error").innerText(), /line 5, column \d+/i);
  assert.match(await page.locator(".excerpt .bad").first().innerText(), /5\s+environment:/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "composefile");
  assert.equal(await page.locator("[name=name]").inputValue(), "1.0.0");
  assert.equal(await page.locator("[name=templatefile]").inputValue(), template);
  assert.equal(await page.locator("[name=resource-content-0]").inputValue(), "Open the *books* first.");
  assert.equal(await page.locator("[name=composefile]").inputValue(), broken);
  await look(page, "version-refused");
  await submit(page, { composefile: compose(`${image}:1.0.0`) }, "Add version");
  assert.equal(await heading(page), "Ledger 1.0.0");
  await look(page, "version");

  for (const [name, extra] of [["2.0.0", "    volumes:\n      - /etc/hostname:/machine:ro\n"], ["3.0.0", ""]]) {
    await follow(page, "Ledger");
    await follow(page, "Add version");
    await attach(page, "composefile", compose(`${image}:${name}`, extra));
    await submit(page, { name, templatefile: `${template}BRANCH=main\n` }, "Add version");
    assert.equal(await heading(page), `Ledger ${name}`);
  }
}

function attach(page, field, text) {
  const file = { name: "compose.yaml", mimeType: "application/yaml", buffer: Buffer.from(text) };
  return page.locator(`[name="${field}-upload"]`).setInputFiles(file);
}

/** A secret of the customer, whose value no page shows. */
export async function writeSecret({ hub, mara: { page }, initech, secrets }) {
  await page.goto(`${hub.url}/secrets`);
  await follow(page, "New secret");
  const refused = await submit(page, { key: "DATABASE PASSWORD", value: secrets[0], customerOrganizationId: initech }, "Create secret");
  assert.equal(refused.status(), 422);
  assert.equal(await page.locator("[name=key]").inputValue(), "DATABASE PASSWORD");
  assert.equal(await page.locator("[name=value]").inputValue(), "");
  await look(page, "secret-refused", secrets);
  await submit(page, { key: "DATABASE_PASSWORD", value: secrets[0] }, "Create secret");
  assert.match(await words(page), /DATABASE_PASSWORD\s+Initech GmbH\s+\{\{ \.Secrets\.DATABASE_PASSWORD \}\}/);
  await look(page, "secrets", secrets);
  await follow(page, "DATABASE_PASSWORD");
  assert.equal(await page.locator("[name=value]").inputValue(), "");
  await look(page, "secret-edit", secrets);
}

/** The first entitlement says what it changes for everybody; one version is granted, and “Why?” tells which. */
export async function entitle(story) {
  const { hub, mara: { page }, initech } = story;
  await page.goto(`${hub.url}/application-entitlements/new?customer=${initech}`);
  await page.locator("[name=applicationId]").selectOption({ label: "Ledger" });
  await becomes(page, "#grants", /3 versions today, and every later one/);
  await page.locator("#scope-chosen").check();
  await page.locator(".pick", { hasText: "1.0.0" }).getByRole("checkbox").check();
  await becomes(page, "#granted", /Ledger\s+1 version\s+1\.0\.0/);
  await page.locator("[name=name]").fill("Ledger 1");
  const warning = page.locator(".note", { hasText: "first application entitlement" });
  assert.match(await warning.innerText(), /2 customers see[\s\S]*all of your 2 applications[\s\S]*1 other customer will see nothing/);
  await look(page, "entitlement-new");
  await page.getByLabel("From now on customers deploy only").check();
  await submit(page, {}, "Create entitlement");
  assert.equal(await heading(page), "Initech GmbH");
  assert.match(await page.locator("#sees").innerText(), /Ledger[\s\S]*1\.0\.0[\s\S]*Ledger 1/);
  story.entitlement = (await page.getByRole("link", { name: "Ledger 1", exact: true }).first().getAttribute("href")).match(/[0-9a-f-]{36}/)[0];

  for (const [application, version, answer] of [
    ["Ledger", "1.0.0", /Allowed[\s\S]*Ledger 1 grants it/],
    ["Ledger", "3.0.0", /Not allowed[\s\S]*Ledger 1/],
    ["Atlas", "7.0.0", /Not allowed[\s\S]*No entitlement of this customer is to the application/],
    ["Ledger", "9.0.0", /Not there/],
  ]) {
    await submit(page, { application, version }, "Why? about a version");
    assert.match(await page.locator(".answer").innerText(), answer);
  }
  await look(page, "customer");
}

/** A target of the customer, whose command is copied and run; the target's page then says so by itself. */
export async function connect(story) {
  const { hub, mara: { page }, initech, machine } = story;
  await page.goto(`${hub.url}/deployments`);
  await follow(page, "New deployment target");
  const refused = await submit(page, { customerOrganizationId: initech, name: " " }, "Create and connect");
  assert.equal(refused.status(), 422);
  await look(page, "target-refused");
  await submit(page, { name: "pier-7" }, "Create and connect");
  assert.equal(await heading(page), "Connect pier-7");
  const question = page.url();
  story.target = question.match(/[0-9a-f-]{36}/)[0];
  await look(page, "connect");
  const shown = await press(page, page.getByRole("button", { name: "Show the command" }));
  assert.equal(shown.headers()["cache-control"], "no-store");
  const command = await page.locator("#way-0-command").innerText();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy command" }).first().click();
  await becomes(page, "body > [role=status]", /Copied/);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
  story.secrets.push(new URL(command.match(/http[^'"\s]+/)[0]).searchParams.get("targetSecret"));
  await look(page, "connect-command");

  await page.goto(question);
  assert.match(await words(page), /This target has a secret already/);
  await look(page, "connect-again", story.secrets);
  await follow(page, "Cancel");
  assert.match(await words(page), /Never connected[\s\S]*No agent has connected yet/);
  await look(page, "target-unconnected", story.secrets);
  const stay = await stays(page);
  await machine.connect(command, hub);
  await becomes(page, "#badges[aria-live=polite]", /Connected/, machine);
  await becomes(page, "#agent", /Seen\s+just now[\s\S]*\d+\.\d+\.\d+/, machine);
  assert.doesNotMatch(await words(page), /No agent has connected/);
  await stay();
  await look(page, "target-connected", story.secrets);
}

/** Each change tells first which deployments it reaches, and the deployment says afterwards why it has a new revision. */
export async function change(story) {
  const { hub, mara: { page }, machine, secrets, deployment } = story;
  await page.goto(`${hub.url}/secrets`);
  await follow(page, "DATABASE_PASSWORD");
  assert.match(await words(page), /1 deployment will be redeployed:\s+Ledger at pier-7 of Initech GmbH/);
  await look(page, "secret-affects", secrets);
  await submit(page, { value: secrets[1] }, "Save and redeploy 1 deployment");
  await page.goto(`${hub.url}/licenses/${story.initech}`);
  await follow(page, "LEDGER");
  await follow(page, "Edit");
  const asked = await submit(page, { payload: '{"seats": 25}' }, "Save");
  assert.equal(asked.status(), 409);
  assert.match(await words(page), /1 deployment will be redeployed:\s+Ledger at pier-7 of Initech GmbH/);
  await look(page, "key-affects", secrets);
  await submit(page, {}, "Save and redeploy 1 deployment");
  assert.equal(await heading(page), "LEDGER");
  await page.goto(`${hub.url}/deployments/${deployment}`);
  const revisions = await page.locator("#revisions").innerText();
  assert.match(revisions, /5\s+1\.0\.0\s+Current[\s\S]*license key LEDGER[\s\S]*4\s+1\.0\.0[\s\S]*secret DATABASE_PASSWORD/);
  const stay = await stays(page);
  await becomes(page, "#status", /Healthy\s+for [^·]+· revision 5/, machine);
  await becomes(page, "#badges", /Healthy/);
  await stay();
  await look(page, "deployment-changed", secrets);

  // Neither the value before nor the one after stands in the log.
  await page.goto(`${hub.url}/deployments/${deployment}/logs?q=opens`);
  await becomes(page, "[role=log]", /(opens the books[\s\S]*){4}/, machine);
  await look(page, "log-changed", secrets);
}
