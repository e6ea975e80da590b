// Using a page without a mouse.

import assert from "node:assert/strict";

const MOST_STOPS = 60;

/** Goes to a field by Tab and writes over what stands in it. */
export async function type(page, name, text) {
  await tabTo(page, (focus) => focus.name === name);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

/** Presses Enter on what leads to another page. */
export async function enter(page) {
  const left = page.waitForEvent("framenavigated");
  await page.keyboard.press("Enter");
  await left;
  await page.waitForLoadState();
}

/** Goes on by Tab until the focus is where it should be; wherever it stops it must be visible. */
export async function tabTo(page, isThere) {
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      // A part that the browser itself put into a field, such as the calendar's button, has the browser's own mark.
      const inner = !element.matches(":focus");
      const marked = inner || (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
      const text = element.textContent.trim();
      const html = element.outerHTML.slice(0, 80);
      return { name: element.getAttribute("name"), value: element.getAttribute("value"), text, marked, html };
    });
    assert.ok(focus.marked, `the focus is not visible on ${focus.html}`);
    if (isThere(focus)) return;
  }
  assert.fail(`not reached within ${MOST_STOPS} stops`);
}

/** The first stop of a page leads past its navigation. */
export async function skipToContent(page) {
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
}
