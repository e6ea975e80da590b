// Every page in every state, looked at by a browser: on a narrow and a wide screen, in both themes, nothing sticks out to the
// side and nothing complains. The pages are those of `cargo xtask gallery`.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { extname, join, normalize } from "node:path";
import test from "node:test";
import { launch, openPage } from "./browser.mjs";

const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };
// As strict as the hub's own: a page that needs inline code fails here already.
const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'";
/** Stands for the images that users uploaded: large, so that a page that gives them no fixed place sticks out. */
const IMAGE = '<svg xmlns="http://www.w3.org/2000/svg" width="2048" height="2048"><rect width="100%" height="100%" fill="teal"/></svg>';
const VIEWS = [
  { name: "narrow, light", viewport: { width: 400, height: 800 }, colorScheme: "light" },
  { name: "wide, dark", viewport: { width: 2560, height: 1440 }, colorScheme: "dark" },
  { name: "laptop, no script", viewport: { width: 1280, height: 800 }, javaScriptEnabled: false },
];

const folder = process.env.GRANTRY_GALLERY;
assert.ok(folder, "GRANTRY_GALLERY is not set: run these tests with `cargo xtask e2e`");
const names = readdirSync(folder).filter((name) => name.endsWith(".html") && name !== "index.html");

test("pages look right", async (context) => {
  const server = createServer(serve).listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await launch();
  try {
    assert.ok(names.length > 0, "the gallery is empty");
    for (const view of VIEWS) {
      await context.test(view.name, () => look(browser, view, `http://127.0.0.1:${server.address().port}`));
    }
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
});

// The gallery answers every sent form of an entitlement with the page of one that has three rows, as a hub does when a row is added.
test("rows of an entitlement come and go without a new page", async () => {
  const sent = [];
  const server = createServer(async (request, response) => {
    if (request.method === "GET") return serve(request, response);
    let body = "";
    for await (const part of request) body += part;
    sent.push(new URLSearchParams(body));
    serve({ url: "/artifact-entitlement-new-typical.html" }, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await launch();
  try {
    const { page, complaints } = await openPage(browser);
    await page.goto(`http://127.0.0.1:${server.address().port}/artifact-entitlement-new-fresh.html`);
    await page.fill("#name", "Kept");
    await page.click("text=Add artifact");
    await page.waitForSelector("#artifact-2");
    assert.equal(sent.at(-1).get("step"), "add");
    assert.equal(await page.inputValue("#name"), "Kept", "what stands outside of the rows is left alone");
    assert.equal(await page.evaluate(() => document.activeElement.id), "artifact-2");
    const before = sent.length;
    await page.fill("#range-2", ">=4");
    await page.waitForFunction((text) => document.querySelector("#within-2").textContent.includes(text), "7 tags");
    while (sent.length === before) await page.waitForTimeout(20);
    assert.deepEqual([sent.at(-1).get("step"), sent.at(-1).get("range-2")], ["preview", ">=4"]);
    assert.equal(await page.inputValue("#range-2"), ">=4", "what is being typed is left alone");
    assert.match(await page.textContent("#granted"), /charts\/fleet/);
    await page.click("text=Remove >> nth=0");
    while (sent.at(-1).get("step") !== "remove-0") await page.waitForTimeout(20);
    assert.deepEqual(complaints, []);
    await page.focus("#name");
    await Promise.all([page.waitForNavigation(), page.press("#name", "Enter")]);
    assert.equal(sent.at(-1).get("step"), "save", "the enter key saves");
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
});

async function look(browser, { name: _, ...options }, address) {
  const { page, complaints } = await openPage(browser, options);
  const faults = [];
  for (const name of names) {
    await page.goto(`${address}/${name}`);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (excess > 1) faults.push(`${name} sticks out by ${excess} px`);
    faults.push(...complaints.splice(0).map((complaint) => `${name}: ${complaint}`));
  }
  await page.context().close();
  assert.deepEqual(faults, []);
}

/** Serves the gallery with the headers of a hub. */
async function serve(request, response) {
  const name = normalize(new URL(request.url, "http://localhost").pathname);
  if (name.startsWith("/files/")) return response.writeHead(200, { "content-type": TYPES[".svg"] }).end(IMAGE);
  try {
    const body = await readFile(join(folder, name));
    const type = `${TYPES[extname(name)] ?? "application/octet-stream"}; charset=utf-8`;
    response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
