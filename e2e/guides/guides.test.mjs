// Every guide, followed to its end against a fresh hub, says what it should.

import assert from "node:assert/strict";
import { chmod, copyFile, mkdir, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import test from "node:test";
import { binary } from "../hub.mjs";
import { withRegistry } from "../registry/server.mjs";
import { follow } from "./guide.mjs";

/** By guide: what its commands print, in this order, with anything between. */
const GUIDES = {
  "air-gapped.md": [/valid/i, /grace/i, /expired/i, /refused: 1/],
  "application-entitlements.md": [/would_narrow/, /1\.0\.0/, /allowed: true\. “Ledger 1”/, /allowed: false\. “Ledger 1”/],
  "artifact-entitlements.md": [/1\.0\.0\n1\.1\.0\n(?!2)/, /“Manuals of 1” grants this artifact, but its scope/],
  "early-access.md": [/allowed: true/, /allowed: false/],
  "hotfix.md": [/allowed: true/, /allowed: false/],
  "license-keys.md": [/seats: 25/, /seats: 25/, /seats: 25/, /seats: 25/, /seats: 25/],
  "maintenance-window.md": [/allowed: true/, /allowed: false/, /allowed: true/],
  "seats-and-feature-flags.md": [
    /cleo signs in\ndan finds no free seat\nada signs in\ndan signs in\nsso: True\naudit: False/,
    /"seats":10/,
    /dan signs in\nada signs in[^]*audit: True/,
  ],
  "tiered-pricing.md": [/"edition":"pro","seats":50/, /Harbor Logistics: 1 .*1 .*1/, /Pier Nine: 1 .*1 .*1/],
  "trial.md": [/pro until 2030-01-01/, /ends: null/],
};

/** Guides without steps: they describe what other tests do. */
const TOLD = ["customer-portal.md", "deployments.md", "registry.md"];

test("every guide is followed", async () => {
  const known = [...Object.keys(GUIDES), ...TOLD].sort();
  assert.deepEqual((await readdir(new URL("../../docs/guides", import.meta.url))).sort(), known);
});

for (const [guide, expected] of Object.entries(GUIDES)) {
  test(`guide: ${guide}`, () =>
    withRegistry(async ({ hub, folder, password }) => {
      const programs = join(folder, "bin");
      await mkdir(programs);
      await copyFile(binary(), join(programs, "grantry"));
      await chmod(join(programs, "grantry"), 0o755);
      const env = { PATH: `${programs}${delimiter}${process.env.PATH}` };
      const printed = await follow(guide, { hub, accessToken: password, env });
      let rest = printed;
      for (const pattern of expected) {
        const found = rest.match(pattern);
        assert.ok(found, `${guide} does not print ${pattern}:\n${printed}`);
        rest = rest.slice(found.index + found[0].length);
      }
    }));
}
