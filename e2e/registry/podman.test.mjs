// podman: logs in, pushes an image and a list of images, pulls both by tag and by digest.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { fail, run } from "../program.mjs";
import { writeLayout } from "./image.mjs";
import { withRegistry } from "./server.mjs";

test("podman", () => withRegistry(journey));

async function journey({ folder, hub, host, slug, username, password }) {
  const env = { HOME: folder, REGISTRY_AUTH_FILE: join(folder, "auth.json"), XDG_RUNTIME_DIR: join(folder, "run") };
  // Storage of its own; vfs needs nothing of the kernel.
  const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "run"), "--storage-driver=vfs"];
  const podman = async (...args) => (await run("podman", [...storage, ...args], { env, cwd: folder })).trim();
  const insecure = "--tls-verify=false";
  const image = `${host}/${slug}/podman/app`;
  await writeLayout(join(folder, "layout"), "1.0", "podman");

  const login = [...storage, "login", insecure, "--username", username, "--password-stdin", host];
  if (hub) await fail("podman", login, { env, input: "wrong" });
  await run("podman", login, { env, input: password });

  const local = await podman("pull", "--quiet", "oci:layout:1.0");
  await podman("push", insecure, "--digestfile", join(folder, "digest"), local, `${image}:1.0`);
  await podman("rmi", "--all", "--force");
  const pulled = await podman("pull", "--quiet", insecure, `${image}:1.0`);
  assert.equal(pulled, local, "the image is what was pushed");
  const byDigest = await podman("inspect", "--format={{index .RepoDigests 0}}", pulled);
  assert.equal(await podman("pull", "--quiet", insecure, byDigest), local);

  await podman("manifest", "create", "both");
  await podman("manifest", "add", "--all", "both", "oci:layout:1.0");
  await podman("manifest", "push", insecure, "--all", "both", `docker://${image}:both`);
  const index = JSON.parse(await run("skopeo", ["inspect", "--raw", insecure, `docker://${image}:both`], { env }));
  assert.deepEqual(index.manifests.map((child) => child.platform.architecture).sort(), ["amd64", "arm64"]);
  const other = await podman("pull", "--quiet", insecure, "--arch=arm64", `${image}:both`);
  assert.equal(await podman("inspect", "--format={{.Architecture}}", other), "arm64");
  assert.match(await fail("podman", [...storage, "pull", insecure, `${image}:absent`], { env }), /manifest unknown/);
}
