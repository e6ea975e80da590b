// crane: pushes, pulls, copies with mounts, lists, asks for digests and deletes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { attempt, fail, run } from "../program.mjs";
import { digest, writeLayout } from "./image.mjs";
import { withRegistry } from "./server.mjs";

test("crane", () => withRegistry(journey));

async function journey({ folder, hub, host, slug, username, password }) {
  const env = { HOME: folder, DOCKER_CONFIG: folder };
  const crane = async (...args) => (await run("crane", args, { env })).trim();
  const image = `${host}/${slug}/crane/app`;
  const layout = await writeLayout(join(folder, "layout"), "1.0", "crane");

  if (hub) assert.match(await fail("crane", ["ls", image], { env }), /UNAUTHORIZED/);
  await run("crane", ["auth", "login", host, "--username", username, "--password-stdin"], { env, input: password });
  await crane("push", "--index", layout.path, `${image}:1.0`);
  const pushed = await crane("digest", `${image}:1.0`);
  assert.equal(pushed, digest(await readFile(join(layout.path, "index.json"))), "crane pushes the layout's own index");
  await crane("push", "--index", layout.path, `${image}:1.0`); // the same once more changes nothing
  await crane("validate", "--remote", `${image}:1.0`);
  await crane("copy", `${image}@${layout.index}`, `${image}:2.0`);
  assert.equal(await crane("digest", "--platform=linux/arm64", `${image}:2.0`), layout.children[1]);

  await crane("pull", "--format=oci", `${image}:2.0`, join(folder, "back"));
  const back = JSON.parse(await readFile(join(folder, "back/index.json"), "utf8"));
  assert.deepEqual(back.manifests.map((manifest) => manifest.digest), [layout.index]);
  assert.ok((await crane("blob", `${image}@${layout.layers[0]}`)).length > 0);

  await mounts({ env, image, copy: `${host}/${slug}/crane/copy:1.0` });
  assert.deepEqual((await crane("ls", image)).split("\n").sort(), ["1.0", "2.0"]);
  if (hub) await moves({ env, image, children: layout.children });
  await deletes({ env, crane, image, index: layout.index, tagsCanGo: hub });
}

/** What the artifacts share is not sent again. */
async function mounts({ env, image, copy }) {
  const { code, stderr } = await attempt("crane", ["copy", `${image}:2.0`, copy], { env });
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/mounted blob/g)?.length, 4, stderr); // two configs, two layers
}

/** A tag stays where it is. */
async function moves({ env, image, children }) {
  const refusal = await fail("crane", ["tag", `${image}@${children[0]}`, "2.0"], { env });
  assert.match(refusal, /DENIED/);
  await run("crane", ["tag", `${image}@${children[0]}`, "2.0-amd64"], { env });
  await run("crane", ["delete", `${image}:2.0-amd64`], { env });
}

async function deletes({ env, crane, image, index, tagsCanGo }) {
  if (tagsCanGo) {
    await crane("delete", `${image}:1.0`);
    assert.equal(await crane("ls", image), "2.0");
  }
  await crane("delete", `${image}@${index}`);
  assert.match(await fail("crane", ["digest", `${image}:2.0`], { env }), /MANIFEST_UNKNOWN|404/);
}
