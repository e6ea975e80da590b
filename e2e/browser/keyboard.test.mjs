// Signing in and issuing a license key without a mouse.

import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage } from "../browser.mjs";
import { Hub } from "../hub.mjs";
import { complainsOnly, heading, PASSWORD } from "./portal.mjs";

const MOST_STOPS = 60;

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

async function type(page, name, text) {
  await tabTo(page, (focus) => focus.name === name);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

async function enter(page) {
  const left = page.waitForEvent("framenavigated");
  await page.keyboard.press("Enter");
  await left;
  await page.waitForLoadState();
}

/** Goes on by Tab until the focus is where it should be; wherever it stops it must be visible. */
async function tabTo(page, isThere) {
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      // A part that the browser itself put into a field, such as the calendar's button, has the browser's own mark.
      const inner = !element.matches(":focus");
      const marked = inner || (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
      return { name: element.getAttribute("name"), text: element.textContent.trim(), marked, html: element.outerHTML.slice(0, 80) };
    });
    assert.ok(focus.marked, `the focus is not visible on ${focus.html}`);
    if (isThere(focus)) return;
  }
  assert.fail(`not reached within ${MOST_STOPS} stops`);
}

/** The first stop of a page leads past its navigation. */
async function skipToContent(page) {
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
}

/** A menu opens by Enter, closes by Escape, and the focus stays with it. */
async function closeMenu(page) {
  await page.locator("summary", { hasText: "Theme" }).focus();
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("details[open] button[value=dark]").isVisible());
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("details[data-menu][open]").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "SUMMARY");
}
