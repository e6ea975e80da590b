// An upload that breaks off goes on where it was, also in another process of the hub.

import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { digest } from "./image.mjs";
import { withRegistry } from "./server.mjs";
import { noise, Wire, withQuery } from "./wire.mjs";

const MIB = 1 << 20;
const LIMIT = 10_000; // milliseconds in which a server notices that a client has gone

for (const signal of ["SIGTERM", "SIGKILL"]) {
  test(`a broken upload goes on after ${signal}`, () => withRegistry((registry) => journey(registry, signal)));
}

test("an upload goes on after a hub that died in the middle of a chunk", () =>
  withRegistry(async ({ hub, slug, ...registry }) => {
    if (!hub) return;
    const wire = new Wire(registry);
    const bytes = Buffer.concat([...noise(3 * MIB)]);
    const location = await wire.begin(`${slug}/upload/killed`);
    await chunk(wire, location, bytes, 0, MIB);
    const sent = wire.open("PATCH", location, { "content-length": MIB });
    sent.on("error", () => {}); // the hub goes away
    await new Promise((flushed) => sent.write(bytes.subarray(MIB, MIB + MIB / 2), flushed));
    await pause(500); // the hub writes by now
    await hub.restart("SIGKILL");
    sent.destroy();
    // What the dead process held is free again after some seconds, for which the next request waits.
    const second = await chunk(wire, location, bytes, MIB, 3 * MIB);
    assert.deepEqual([second.status, second.headers.range], [202, `0-${3 * MIB - 1}`], second.text);
    const done = await wire.send("PUT", withQuery(second.headers.location, "digest", digest(bytes)), {});
    assert.equal(done.status, 201, done.text);
  }));

async function journey(registry, signal) {
  const { hub, slug } = registry;
  const wire = new Wire(registry);
  const bytes = Buffer.concat([...noise(9 * MIB)]);
  const repository = `${slug}/upload/pieces`;
  let location = await wire.begin(repository);

  const first = await chunk(wire, location, bytes, 0, 4 * MIB);
  assert.deepEqual([first.status, first.headers.range], [202, `0-${4 * MIB - 1}`], first.text);
  await breakOff(wire, first.headers.location, bytes.subarray(4 * MIB, 6 * MIB));

  if (hub) await hub.restart(signal);
  location = hub ? location : first.headers.location;
  const { offset, current } = await progress(wire, location);
  assert.ok(offset >= 4 * MIB && offset <= 6 * MIB, `${offset} bytes are there`);

  // Out of order: refused, and the upload lives.
  const wrong = await chunk(wire, current, bytes, offset + 1, offset + 1000);
  assert.equal(wrong.status, 416, wrong.text);
  const second = await chunk(wire, current, bytes, offset, 8 * MIB);
  assert.equal(second.status, 202, second.text);
  const last = { headers: { "content-range": `${8 * MIB}-${9 * MIB - 1}` }, body: bytes.subarray(8 * MIB) };
  const done = await wire.send("PUT", withQuery(second.headers.location, "digest", digest(bytes)), last);
  assert.equal(done.status, 201, done.text);
  assert.deepEqual(await wire.download(repository, digest(bytes)), { size: bytes.length, digest: digest(bytes) });
}

/** Sends a part of the bytes as one chunk. */
function chunk(wire, location, bytes, from, to) {
  const headers = { "content-range": `${from}-${to - 1}`, "content-type": "application/octet-stream" };
  return wire.send("PATCH", location, { headers, body: bytes.subarray(from, to) });
}

/** Announces a chunk, sends half of it and hangs up. */
async function breakOff(wire, location, bytes) {
  const sent = wire.open("PATCH", location, { "content-length": bytes.length });
  sent.on("error", () => {}); // hanging up is what is meant
  await new Promise((flushed) => sent.write(bytes.subarray(0, bytes.length / 2), flushed));
  const closed = new Promise((resolve) => sent.on("close", resolve));
  sent.destroy();
  await closed;
}

/** How far an upload is. While the server has not seen that the client is gone it may say that the upload is in use. */
async function progress(wire, location) {
  for (let waited = 0; waited < LIMIT; waited += 100) {
    const { status, headers, text } = await wire.send("GET", location);
    if (status === 204) return { offset: Number(headers.range.split("-")[1]) + 1, current: headers.location };
    assert.ok([409, 416, 429].includes(status), `${status} ${text}`);
    await pause(100);
  }
  throw new Error("the upload did not become free");
}
