// The guide to license keys: a token is issued, and verified in five languages.

import assert from "node:assert/strict";
import test from "node:test";
import { withRegistry } from "../registry/server.mjs";
import { follow } from "./guide.mjs";

test("guide: license keys", () =>
  withRegistry(async ({ hub, password }) => {
    const printed = await follow("license-keys.md", { hub, accessToken: password });
    const seats = printed.match(/seats: 25\b/g) ?? [];
    assert.equal(seats.length, 5, printed);
  }));
