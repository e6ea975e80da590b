// helm: packages a chart, pushes, shows, pulls and renders it.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fail, run } from "../program.mjs";
import { withRegistry } from "./server.mjs";

// Build metadata: helm writes the plus as an underscore in the tag.
const VERSION = "1.2.3+tide.4";

test("helm", () => withRegistry(journey));

async function journey({ folder, hub, host, slug, username, password }) {
  const env = Object.fromEntries(["HOME", "HELM_CONFIG_HOME", "HELM_CACHE_HOME", "HELM_DATA_HOME"].map((name) => [name, folder]));
  const helm = (...args) => run("helm", args, { env, cwd: folder });
  const charts = `oci://${host}/${slug}/charts`;
  const plain = "--plain-http";
  await writeChart(join(folder, "harbour"));

  const login = ["registry", "login", host, plain, "--username", username, "--password-stdin"];
  if (hub) await fail("helm", login, { env, input: "wrong" });
  await run("helm", login, { env, input: password });
  await helm("package", "harbour");
  await helm("push", `harbour-${VERSION}.tgz`, charts, plain);
  assert.match(await helm("show", "chart", `${charts}/harbour`, "--version", VERSION, plain), /name: harbour/);
  assert.match(await helm("show", "chart", `${charts}/harbour`, "--version", "^1.2.0", plain), /version: 1\.2\.3\+tide\.4/);
  assert.match(await helm("template", "blue", `${charts}/harbour`, "--version", VERSION, plain), /berth: "7"/);

  await mkdir(join(folder, "pulled"));
  await helm("pull", `${charts}/harbour`, "--version", VERSION, plain, "--destination", "pulled");
  const name = `harbour-${VERSION}.tgz`;
  assert.deepEqual(await readFile(join(folder, "pulled", name)), await readFile(join(folder, name)));
  await fail("helm", ["pull", `${charts}/harbour`, "--version", "9.9.9", plain], { env, cwd: folder });
}

async function writeChart(path) {
  await mkdir(join(path, "templates"), { recursive: true });
  await writeFile(join(path, "Chart.yaml"), `apiVersion: v2\nname: harbour\nversion: ${VERSION}\nappVersion: "1"\n`);
  await writeFile(join(path, "values.yaml"), "berth: 7\n");
  const template = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: harbour\ndata:\n  berth: "{{ .Values.berth }}"\n';
  await writeFile(join(path, "templates/configmap.yaml"), template);
}
