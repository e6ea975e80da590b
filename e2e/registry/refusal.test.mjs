// A refused upload: the client reads why, however much of it is still on the way.

import assert from "node:assert/strict";
import test from "node:test";
import { withRegistry } from "./server.mjs";
import { noise, Wire } from "./wire.mjs";

const MIB = 1 << 20;
const TRIES = 20;

test("a large chunk in the wrong place is answered", () =>
  withRegistry(async (registry) => {
    const wire = new Wire(registry);
    const location = await wire.begin(`${registry.slug}/refusal/large`);
    const body = Buffer.concat([...noise(8 * MIB)]);
    const outcomes = [];
    for (let tried = 0; tried < TRIES; tried++) {
      const headers = { "content-range": `7-${body.length + 6}` };
      const answer = await wire.send("PATCH", location, { headers, body }).catch((error) => ({ status: error.code }));
      outcomes.push(answer.status);
    }
    assert.deepEqual(outcomes, Array(TRIES).fill(416));
  }));
