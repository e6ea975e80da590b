// What people do at the portals, step by step, as tests of them need it.

import assert from "node:assert/strict";

export const PASSWORD = "correct horse battery";

/** Fills a form by its fields' names and sends it. Waits for the page that answers and gives its response. */
export async function submit(page, fields, button) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`main [name="${name}"]`);
    if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
  return press(page, page.locator("main").getByRole("button", { name: button, exact: true }));
}

/** Presses something that leads to another page. Gives the response of the page that is shown in the end. */
export async function press(page, locator) {
  // Script of the page may ask for parts of it, so only the answer to a navigation counts.
  const answers = [];
  const keep = (response) => response.request().isNavigationRequest() && answers.push(response);
  page.on("response", keep);
  const left = page.waitForEvent("framenavigated");
  await locator.click();
  await left;
  await page.waitForLoadState();
  page.off("response", keep);
  return answers.at(-1);
}

/** Follows a link by its words. */
export async function follow(page, words) {
  return press(page, page.getByRole("link", { name: words, exact: true }).first());
}

/** Signs in on the page that asks for it. */
export async function signIn(page, hub, email, password = PASSWORD) {
  await page.goto(`${hub.url}/login`);
  return submit(page, { email, password }, "Sign in");
}

/** What stands in the page's content. */
export function words(page) {
  return page.locator("main").innerText();
}

/** Waits until the part of the page that a selector names says something. A machine that takes part tells what it saw, if it never does. */
export async function becomes(page, selector, pattern, machine) {
  const says = ([selector, source]) => new RegExp(source).test(document.querySelector(selector)?.innerText ?? "");
  await page.waitForFunction(says, [selector, pattern.source]).catch(async (error) => {
    const text = await page.locator(selector).first().innerText({ timeout: 1_000 }).catch(() => "nothing");
    assert.fail(`${selector} never said ${pattern} but\n${text}\n${machine?.agent?.output ?? error.message}`);
  });
}

/** Marks the page that is shown. The function that it gives fails if another one has taken its place, or the same one anew. */
export async function stays(page) {
  await page.evaluate(() => (window.isMarked = true));
  return async () => assert.ok(await page.evaluate(() => window.isMarked), "the page was loaded again");
}

/** The words of the page's heading. */
export function heading(page) {
  return page.locator("h1").innerText();
}

/** Fails if a page sticks out to the side of a narrow screen. */
export async function fits(page) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 400, height: 800 });
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= screen, `${page.url()} is ${content} pixels wide on a screen of ${screen}`);
  await page.setViewportSize(before);
}

/** Fails if something went wrong on a page. A form that is refused, or asks, is an answer with status 422 or 409, which the browser notes. */
export function complainsOnly(complaints, refusals = 0) {
  const refused = complaints.filter((text) => /status of (409|422)/.test(text));
  assert.deepEqual(complaints.filter((text) => !refused.includes(text)), []);
  assert.ok(refused.length <= refusals, `${refused.length} refusals instead of at most ${refusals}`);
}
