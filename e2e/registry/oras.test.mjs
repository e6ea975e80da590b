// oras: pushes files, attaches a bill of materials to them, finds and pulls both.

import assert from "node:assert/strict";
import { readFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fail, run } from "../program.mjs";
import { withRegistry } from "./server.mjs";

const FIRMWARE = "application/vnd.tidewater.firmware";
const SBOM = "application/spdx+json";

test("oras", () => withRegistry(journey));

async function journey({ folder, hub, host, slug, username, password }) {
  const env = { HOME: folder, DOCKER_CONFIG: folder };
  const plain = "--plain-http";
  const oras = (command, ...args) => run("oras", [...command.split(" "), ...args], { env, cwd: folder });
  const artifact = `${host}/${slug}/oras/firmware`;
  await writeFile(join(folder, "ship.bin"), Buffer.alloc(300_000, "ship"));
  await writeFile(join(folder, "sbom.json"), '{"spdxVersion":"SPDX-2.3"}');

  const login = ["login", plain, "--username", username, "--password-stdin", host];
  if (hub) await fail("oras", login, { env, input: "wrong" });
  await run("oras", login, { env, input: password });
  const push = ["--artifact-type", FIRMWARE, "--format=json", `${artifact}:1.0,stable`, "ship.bin:application/octet-stream"];
  const pushed = JSON.parse(await oras("push", plain, ...push));
  const attached = JSON.parse(
    await oras("attach", plain, "--artifact-type", SBOM, "--format=json", `${artifact}:1.0`, `sbom.json:${SBOM}`),
  );

  const discover = async (...args) => {
    const found = JSON.parse(await oras("discover", plain, "--format=json", ...args, `${artifact}:1.0`));
    return (found.referrers ?? found.manifests).map((referrer) => [referrer.digest, referrer.artifactType]);
  };
  assert.deepEqual(await discover(), [[attached.digest, SBOM]]);
  assert.deepEqual(await discover("--artifact-type", SBOM), [[attached.digest, SBOM]]);
  assert.deepEqual(await discover("--artifact-type", FIRMWARE), []);
  const tags = (await oras("repo tags", plain, artifact)).trim().split("\n").sort();
  if (hub) assert.deepEqual(tags, ["1.0", "stable"], "no fallback tag: the registry keeps referrers itself");

  for (const [reference, file] of [[`${artifact}:stable`, "ship.bin"], [`${artifact}@${attached.digest}`, "sbom.json"]]) {
    const output = join(folder, `pulled-${file}`);
    await mkdir(output);
    await oras("pull", plain, "--output", output, reference);
    assert.deepEqual(await readFile(join(output, file)), await readFile(join(folder, file)));
  }
  await oras("copy --recursive", "--from-plain-http", "--to-plain-http", `${artifact}:1.0`, `${host}/${slug}/oras/copy:1.0`);
  const copied = await oras("resolve", plain, `${host}/${slug}/oras/copy:1.0`);
  assert.equal(copied.trim(), pushed.digest);

  await oras("manifest delete", plain, "--force", `${artifact}@${attached.digest}`);
  assert.deepEqual(await discover(), []);
}
