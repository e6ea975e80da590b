// Debian's Chromium, driven by Playwright.

import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox", // the tests may run as root
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a browser. The caller closes it. */
export function launch() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });
}

/**
 * A page of its own (own cookies), with the list of everything that went wrong on it: errors in script, what the
 * Content-Security-Policy refused, failed requests.
 *
 * @param options of Playwright's newContext: viewport, colorScheme, javaScriptEnabled, …
 * @returns {{page, complaints: string[]}}
 */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // Aborted is what the browser itself gave up because the page was left.
    if (reason !== "net::ERR_ABORTED") complaints.push(`${request.url()}: ${reason}`);
  });
  return { page, complaints };
}
