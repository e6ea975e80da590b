// Every page that the links of both portals lead to, of a hub full of sample data: it answers, has one heading, fits on a
// narrow screen, and nothing complains.

import assert from "node:assert/strict";
import test from "node:test";
import { launch, openPage } from "../browser.mjs";
import { Hub } from "../hub.mjs";
import { complainsOnly, fits, signIn } from "./portal.mjs";

const READERS = [
  { email: "mara.klein@northwind.example", least: 95, colorScheme: "dark" },
  { email: "lea.santos@northwind.example", least: 59, javaScriptEnabled: false },
  { email: "peter.bolt@initech.example", least: 34, javaScriptEnabled: true },
];
// Targets and deployments look different in each of their states.
const EACH = /^\/(deployments|deployment-targets)\/[^/]+$/;
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

test("pages answer and fit", async (context) => {
  const hub = await Hub.start(["--demo"]);
  const browser = await launch();
  try {
    for (const reader of READERS) await context.test(reader.email, () => read(hub, browser, reader));
  } finally {
    await browser.close();
    await hub.stop();
  }
});

async function read(hub, browser, { email, least, ...options }) {
  const { page, complaints } = await openPage(browser, { viewport: { width: 1280, height: 900 }, ...options });
  await signIn(page, hub, email, "grantry-demo");
  const waiting = ["/"];
  const kinds = new Set();
  while (waiting.length > 0) {
    const path = waiting.shift();
    if (!isNew(path, kinds)) continue;
    const response = await page.goto(hub.url + path);
    assert.equal(response.status(), 200, path);
    assert.equal(await page.locator("h1").count(), 1, path);
    await fits(page);
    const links = await page.locator("a[href^='/']").evaluateAll((found) => found.map((link) => link.getAttribute("href")));
    waiting.push(...links);
  }
  assert.ok(kinds.size >= least, `only ${[...kinds].join(" ")}`);
  complainsOnly(complaints);
}

/** Whether no page of this kind was read yet: one license key stands for all. Files and the API are not pages. */
function isNew(path, kinds) {
  const kind = EACH.test(path) ? path : path.replace(ID, "ID").replace(/(after|application|artifact|customer|q|version)=[^&]*/, "$1=").replace(/revisions\/\d+/, "revisions/N").replace(/tags\/[^/]+/, "tags/N");
  if (kinds.has(kind) || /^\/(api|docs|assets)\b|\/files\/|\.jwt$|\.csv\b/.test(path)) return false;
  kinds.add(kind);
  return true;
}
