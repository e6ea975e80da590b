// What must be so on every page, whatever it shows.

import assert from "node:assert/strict";
import { join } from "node:path";
import { fits } from "./portal.mjs";

/**
 * Fails if the page sticks out on a narrow screen, lacks its heading, has something that nobody could tell by its name, or
 * shows one of the secrets. With `GRANTRY_SCREENSHOTS` set to a folder, it is drawn there in both themes.
 */
export async function look(page, name, secrets = []) {
  await fits(page);
  assert.deepEqual(await page.evaluate(faults), [], page.url());
  const content = await page.content();
  for (const secret of secrets) assert.ok(!content.includes(secret), `${page.url()} shows a secret`);
  await draw(page, name);
}

async function draw(page, name) {
  const folder = process.env.GRANTRY_SCREENSHOTS;
  if (!folder) return;
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage: true, animations: "disabled" });
  }
}

/** What an assistive program could not make sense of. Runs in the page. */
function faults() {
  const found = [];
  const tell = (what, element) => found.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) found.push(`${headings} headings of the first rank`);
  const ids = [...document.querySelectorAll("[id]")];
  const known = new Set(ids.map(({ id }) => id));
  ids.filter(({ id }, at) => ids.findIndex((other) => other.id === id) !== at).forEach((one) => tell("an id that another has", one));
  for (const attribute of ["aria-describedby", "aria-labelledby", "for"]) {
    for (const one of document.querySelectorAll(`[${attribute}]`)) {
      if (one.getAttribute(attribute).split(" ").some((id) => !known.has(id))) tell(`${attribute} of nothing`, one);
    }
  }
  for (const one of document.querySelectorAll("a[href], button, summary")) {
    if (!(one.getAttribute("aria-label") ?? one.textContent).trim()) tell("no name", one);
  }
  for (const one of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!one.labels.length && !one.getAttribute("aria-label")) tell("no label", one);
  }
  for (const one of document.querySelectorAll("main *")) {
    const scrolls = one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX);
    if (scrolls && one.tabIndex < 0 && !one.querySelector("a, button, input, select, textarea")) tell("scrolls by mouse only", one);
  }
  return found;
}
