// From an empty hub to a license token that verifies offline: once with script, once without.

import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage } from "../browser.mjs";
import { Hub, grantry } from "../hub.mjs";
import { complainsOnly, fits, follow, heading, press, submit, PASSWORD } from "./portal.mjs";

const PAYLOAD = '{\n  "plan": "enterprise",\n  "seats": 250\n}';

for (const javaScriptEnabled of [true, false]) {
  test(`a vendor licenses a customer, ${javaScriptEnabled ? "with" : "without"} script`, async () => {
    const hub = await Hub.start();
    const browser = await launch();
    try {
      await journey(hub, browser, javaScriptEnabled);
    } finally {
      await browser.close();
      await hub.stop();
    }
  });
}

async function journey(hub, browser, javaScriptEnabled) {
  const options = { javaScriptEnabled, viewport: { width: 1280, height: 900 } };
  const vendor = await openPage(browser, options);
  await setUp(vendor.page, hub);
  await createCustomer(vendor.page);
  await createKey(vendor.page, javaScriptEnabled);
  const link = await invite(vendor.page, hub);

  const customer = await openPage(browser, options);
  await accept(customer.page, link);
  const token = await copyToken(customer.page, javaScriptEnabled);
  await verify(hub, vendor.page, token);
  await signOut(customer.page, hub);
  complainsOnly(vendor.complaints, 2);
  complainsOnly(customer.complaints);
}

async function setUp(page, hub) {
  await page.goto(await hub.setupLink());
  await fits(page);
  const values = { organization: "Northwind Robotics", slug: "northwind", name: "Mara Klein", email: "mara@northwind.example" };
  const refused = await submit(page, { ...values, password: "too short" }, "Set up");
  assert.equal(refused.status(), 422);
  assert.equal(await page.locator("[name=organization]").inputValue(), "Northwind Robotics");
  assert.equal(await page.locator("[name=password]").inputValue(), "");
  await submit(page, { password: PASSWORD }, "Set up");
  assert.equal(await heading(page), "Licenses");
}

async function createCustomer(page) {
  await follow(page, "New customer");
  await fits(page);
  await submit(page, { name: "Initech GmbH" }, "Create customer");
  assert.equal(await heading(page), "Initech GmbH");
  assert.match(await page.locator("main").innerText(), /Created\./);
}

async function createKey(page, javaScriptEnabled) {
  await follow(page, "New license key");
  await fits(page);
  const chosen = await page.locator("#customerOrganizationId option:checked").innerText();
  assert.equal(chosen, "Initech GmbH");
  await page.locator("[name=name]").fill("FLEET_MAIN");
  await page.locator("#payload").fill('{\n  "seats": 250,\n  "plan" "enterprise"\n}');
  if (javaScriptEnabled) {
    await page.waitForFunction(() => /Line 3/.test(document.getElementById("payload-error").textContent));
  } else {
    const refused = await submit(page, {}, "Create license key");
    assert.equal(refused.status(), 422);
    assert.match(await page.locator("#payload-error").innerText(), /\S/);
    assert.equal(await page.locator("[name=name]").inputValue(), "FLEET_MAIN");
  }
  await submit(page, { graceDays: "14", payload: PAYLOAD }, "Create license key");
  assert.equal(await heading(page), "FLEET_MAIN");
  assert.match(await page.locator("#claims").innerText(), /plan\s+enterprise/);
  await fits(page);
}

async function invite(page, hub) {
  await page.goto(`${hub.url}/users/new`);
  await fits(page);
  const customer = await page.locator("#customerOrganizationId option", { hasText: "Initech" }).getAttribute("value");
  const values = { email: "peter@initech.example", customerOrganizationId: customer, userRole: "admin" };
  const answer = await submit(page, values, "Create invitation");
  assert.equal(answer.headers()["cache-control"], "no-store");
  assert.equal(await heading(page), "Invitation created");
  await fits(page);
  return (await page.locator("#link").innerText()).trim();
}

async function accept(page, link) {
  await page.goto(link);
  assert.equal(await heading(page), "Join Northwind Robotics");
  await fits(page);
  await submit(page, { name: "Peter Bolt", password: PASSWORD }, "Join");
  // A customer finds first what there is for it.
  assert.equal(await heading(page), "Initech GmbH");
  await fits(page);
  await follow(page, "All licenses");
  assert.equal(await heading(page), "Licenses");
  // The link has been used up.
  const again = await page.context().request.get(link);
  assert.equal(again.status(), 404);
}

async function copyToken(page, javaScriptEnabled) {
  const shown = (await page.locator("#token-1").innerText()).replaceAll(/\s/g, "");
  assert.match(shown, /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/);
  if (!javaScriptEnabled) return shown;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy token" }).first().click();
  await page.getByText("Copied").first().waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied.trim(), shown);
  return copied.trim();
}

async function verify(hub, page, token) {
  await page.goto(`${hub.url}/settings`);
  const organization = (await page.locator("#facts").innerText()).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/)[0];
  const key = `${hub.url}/api/public/v1/license-keys/public-key`;
  const verified = await grantry(["verify", token, "--key", key, "--organization", organization]);
  assert.equal(verified.code, 0, verified.stderr);
  assert.match(verified.stdout, /"seats":\s*250/);
}

async function signOut(page, hub) {
  await page.locator("summary", { hasText: "Account of Peter Bolt" }).click();
  await press(page, page.getByRole("button", { name: "Sign out" }));
  assert.match(await page.locator("main").innerText(), /You are signed out/);
  await page.goto(`${hub.url}/licenses`);
  assert.equal(await heading(page), "Sign in");
  // Signing in again leads to where one wanted to go.
  await signInHere(page);
  assert.equal(new URL(page.url()).pathname, "/licenses");
}

function signInHere(page) {
  return submit(page, { email: "peter@initech.example", password: PASSWORD }, "Sign in");
}
