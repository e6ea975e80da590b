// Large layers stream: the hub's memory does not grow with what passes through it, nor with how many pull at once.
//
// `GRANTRY_E2E_LARGE=1` takes sizes as they occur in the field; without it the same happens with less, to be quick.

import assert from "node:assert/strict";
import test from "node:test";
import { withRegistry } from "./server.mjs";
import { peakMemory, Wire } from "./wire.mjs";

const MIB = 1 << 20;
const LARGE = process.env.GRANTRY_E2E_LARGE === "1";
const ONE = LARGE ? 2048 * MIB : 256 * MIB;
const SHARED = LARGE ? 100 * MIB : 12 * MIB;
const PULLS = 200;
const MOST_MEMORY = 150; // MiB, whatever the size of a layer
const MOST_FOR_A_PULL = 1; // MiB more for each pull that is under way at once

test("large layers stream", (context) =>
  withRegistry(async (registry) => {
    const wire = new Wire(registry);
    const repository = `${registry.slug}/memory/large`;
    const watched = (name, bytes, most, step) =>
      context.test(name, async (subtest) => {
        const start = Date.now();
        await step();
        const [seconds, memory] = [(Date.now() - start) / 1000, await peakMemory(registry.pid)];
        subtest.diagnostic(`${(bytes / MIB / seconds).toFixed(0)} MiB/s; memory at most ${memory.toFixed(0)} MiB`);
        assert.ok(memory < most, `the registry took ${memory.toFixed(0)} MiB`);
      });
    await stream(wire, repository, watched);
  }));

async function stream(wire, repository, watched) {
  let digest;
  await watched(`${ONE / MIB} MiB up`, ONE, MOST_MEMORY, async () => {
    digest = await wire.upload(repository, ONE);
  });
  await watched(`${ONE / MIB} MiB down`, ONE, MOST_MEMORY, async () => {
    assert.deepEqual(await wire.download(repository, digest), { size: ONE, digest });
  });
  const shared = await wire.upload(repository, SHARED);
  const most = MOST_MEMORY + PULLS * MOST_FOR_A_PULL;
  await watched(`${PULLS} pulls of ${SHARED / MIB} MiB at once`, PULLS * SHARED, most, async () => {
    const pulls = Array.from({ length: PULLS }, (_, number) => wire.download(repository, shared, { hashed: number % 20 === 0 }));
    for (const { size, digest: got } of await Promise.all(pulls)) {
      assert.equal(size, SHARED);
      if (got) assert.equal(got, shared);
    }
  });
}
