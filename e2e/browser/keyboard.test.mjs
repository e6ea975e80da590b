// Signing in and issuing a license key without a mouse.

import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage } from "../browser.mjs";
import { Hub } from "../hub.mjs";
import { enter, skipToContent, tabTo, type } from "./keys.mjs";
import { complainsOnly, heading, PASSWORD } from "./portal.mjs";

test("a key is issued by keyboard alone", async () => {
  const hub = await Hub.start();
  const browser = await launch();
  try {
    const email = "mara@northwind.example";
    await hub.setUp({ name: "Northwind", slug: "northwind", email, password: PASSWORD });
    const { page, complaints } = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    await page.goto(`${hub.url}/login`);
    await type(page, "email", email);
    await type(page, "password", PASSWORD);
    await enter(page);
    assert.equal(await heading(page), "Licenses");

    await page.goto(`${hub.url}/license-keys/new`);
    await skipToContent(page);
    await type(page, "name", "FLEET_MAIN");
    await type(page, "payload", '{"seats": 5}');
    await tabTo(page, (focus) => focus.text === "Create license key");
    await enter(page);
    assert.equal(await heading(page), "FLEET_MAIN");

    await closeMenu(page);
    complainsOnly(complaints);
  } finally {
    await browser.close();
    await hub.stop();
  }
});

/** A menu opens by Enter, closes by Escape, and the focus stays with it. */
async function closeMenu(page) {
  await page.locator("summary", { hasText: "Theme" }).focus();
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("details[open] button[value=dark]").isVisible());
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("details[data-menu][open]").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "SUMMARY");
}
