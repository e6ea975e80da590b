// skopeo: copies in, out and between artifacts, lists, inspects, synchronizes and deletes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fail, run } from "../program.mjs";
import { writeLayout } from "./image.mjs";
import { withRegistry } from "./server.mjs";

test("skopeo", () => withRegistry(journey));

async function journey(registry) {
  const { folder, host, slug } = registry;
  const env = { HOME: folder, REGISTRY_AUTH_FILE: join(folder, "auth.json") };
  const skopeo = (...args) => run("skopeo", ["--insecure-policy", ...args], { env });
  const image = `docker://${host}/${slug}/skopeo/app`;
  const plain = ["--src-tls-verify=false", "--dest-tls-verify=false"];
  const insecure = "--tls-verify=false";
  const layout = await writeLayout(join(folder, "layout"), "1.0", "skopeo");

  await logIn(registry, env);
  await skopeo("copy", ...plain, "--all", `oci:${layout.path}:1.0`, `${image}:1.0`);
  await skopeo("copy", ...plain, "--override-arch=arm64", `oci:${layout.path}:1.0`, `${image}:1.0-arm64`);
  const inspected = JSON.parse(await skopeo("inspect", insecure, `${image}:1.0`));
  assert.deepEqual([inspected.Digest, inspected.Architecture], [layout.index, "amd64"]);
  assert.deepEqual(inspected.RepoTags.sort(), ["1.0", "1.0-arm64"]);
  const raw = await skopeo("inspect", insecure, "--raw", `${image}@${layout.index}`);
  assert.deepEqual(JSON.parse(raw).manifests.map((child) => child.digest), layout.children);

  await skopeo("copy", ...plain, "--all", `${image}:1.0`, `oci:${join(folder, "back")}:1.0`);
  const back = JSON.parse(await readFile(join(folder, "back/index.json"), "utf8"));
  assert.equal(back.manifests[0].digest, layout.index);

  // Between two artifacts: the blobs are mounted.
  await skopeo("copy", ...plain, "--all", `${image}:1.0`, `docker://${host}/${slug}/skopeo/copy:1.0`);
  const copied = await skopeo("list-tags", insecure, `docker://${host}/${slug}/skopeo/copy`);
  assert.deepEqual(JSON.parse(copied).Tags, ["1.0"]);

  await skopeo("sync", ...plain, "--src=docker", "--dest=dir", "--all", image.slice("docker://".length), join(folder, "mirror"));
  for (const tag of ["1.0", "1.0-arm64"]) {
    await readFile(join(folder, `mirror/app:${tag}/manifest.json`));
  }

  // skopeo asks for the digest of the tag, and deletes that.
  await skopeo("delete", insecure, `${image}:1.0`);
  const left = JSON.parse(await skopeo("list-tags", insecure, image));
  assert.deepEqual(left.Tags, ["1.0-arm64"]);
  assert.match(await fail("skopeo", ["inspect", insecure, `${image}:1.0`], { env }), /manifest unknown/);
}

async function logIn({ hub, host, username, password }, env) {
  const args = ["login", "--tls-verify=false", "--username", username, "--password-stdin", host];
  if (hub) await fail("skopeo", args, { env, input: "wrong" });
  await run("skopeo", args, { env, input: password });
}
