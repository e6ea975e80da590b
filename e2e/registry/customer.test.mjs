// A customer with a partial entitlement: each client gets what is granted, and finds nothing else.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fail, run } from "../program.mjs";
import { grant, makeCustomer, withdraw } from "./customer.mjs";
import { Docker } from "./dockerd.mjs";
import { program, writeLayout } from "./image.mjs";
import { withRegistry } from "./server.mjs";

// How the clients say that there is no such thing. Nothing says that there is, but for others.
const ABSENT = /unknown|not found|\b404\b/i;
const PRESENT = /denied|forbidden|\b403\b|unauthorized|\b401\b/i;

test("a customer's clients see what it is granted", (context) =>
  withRegistry(async (registry) => {
    const scene = await prepare(registry);
    await context.test("crane", () => crane(scene));
    await context.test("skopeo", () => skopeo(scene));
    await context.test("podman", () => podman(scene));
    await context.test("helm", () => helm(scene));
    await context.test("oras", () => oras(scene));
    await context.test("docker", () => docker(scene));
    await context.test("the grant's end", () => end(registry, scene));
  }));

/** The vendor pushes two versions of everything; the customer is granted the first ones. */
async function prepare(registry) {
  const { folder, host, slug } = registry;
  const base = `${host}/${slug}`;
  const vendor = await signIn(registry, join(folder, "vendor"));
  const layouts = {};
  for (const version of ["1.0", "2.0"]) {
    layouts[version] = await pushImages({ vendor, folder, version, base });
    await pushChart({ vendor, folder, version, base });
  }
  const customer = await makeCustomer(registry, "Initech");
  const entitlement = await grant(registry, customer, "First edition", {
    app: { kind: "chosen", tags: ["1.0"] },
    "charts/harbour": { kind: "range", expression: "<2" },
  });
  const buyer = await signIn({ ...registry, ...customer }, join(folder, "buyer"));
  return { ...buyer, registry, customer, vendor, folder, layouts, entitlement, base };
}

/** Programs that run as somebody who has signed in with all of them. */
async function signIn({ folder, host, username, password }, home) {
  await mkdir(home);
  const env = {
    HOME: home,
    DOCKER_CONFIG: home,
    REGISTRY_AUTH_FILE: join(home, "config.json"),
    HELM_REGISTRY_CONFIG: join(home, "config.json"),
    XDG_RUNTIME_DIR: join(home, "run"),
  };
  const options = { env, cwd: folder };
  const login = { ...options, input: password };
  await run("crane", ["auth", "login", host, "--username", username, "--password-stdin"], login);
  const finds = async (name, ...args) => run(name, args, options);
  const misses = async (name, ...args) => {
    const said = await fail(name, args, options);
    assert.match(said, ABSENT);
    assert.doesNotMatch(said, PRESENT);
  };
  const refused = async (name, ...args) => assert.match(await fail(name, args, options), /denied/i);
  return { finds, misses, refused };
}

/** One image in two artifacts, and a bill of materials attached to one of them. */
async function pushImages({ vendor, folder, version, base }) {
  const layout = await writeLayout(join(folder, `layout-${version}`), version, `edition ${version}`);
  const copy = ["copy", "--all", "--dest-tls-verify=false", `oci:${layout.path}:${version}`];
  await vendor.finds("skopeo", ...copy, `docker://${base}/app:${version}`);
  await vendor.finds("skopeo", ...copy, `docker://${base}/secret:${version}`);
  await writeFile(join(folder, "sbom.json"), `{"edition":"${version}"}`);
  const attach = ["attach", "--plain-http", "--artifact-type=application/spdx+json"];
  await vendor.finds("oras", ...attach, `${base}/app:${version}`, "sbom.json");
  return layout;
}

async function pushChart({ vendor, folder, version, base }) {
  await mkdir(join(folder, "harbour"), { recursive: true });
  await writeFile(join(folder, "harbour/Chart.yaml"), `apiVersion: v2\nname: harbour\nversion: ${version}.0\n`);
  await vendor.finds("helm", "package", "harbour");
  await vendor.finds("helm", "push", `harbour-${version}.0.tgz`, `oci://${base}/charts`, "--plain-http");
}

async function crane({ finds, misses, refused, base, layouts }) {
  assert.equal(await finds("crane", "ls", `${base}/app`), "1.0\n");
  await misses("crane", "ls", `${base}/secret`);
  await finds("crane", "validate", "--remote", `${base}/app:1.0`);
  await finds("crane", "manifest", `${base}/app@${layouts["1.0"].children[1]}`);
  const { index, children, layers } = layouts["2.0"];
  for (const reference of ["app:2.0", `app@${index}`, `app@${children[0]}`, "secret:1.0", "absent:1.0"]) {
    await misses("crane", "manifest", `${base}/${reference}`);
  }
  await misses("crane", "blob", `${base}/app@${layers[0]}`);
  await misses("crane", "blob", `${base}/secret@${layouts["1.0"].layers[0]}`);
  await refused("crane", "push", "--index", layouts["1.0"].path, `${base}/app:3.0`);
  await refused("crane", "delete", `${base}/app:1.0`);
}

async function skopeo({ finds, misses, refused, base }) {
  const plain = "--tls-verify=false";
  const tags = JSON.parse(await finds("skopeo", "list-tags", plain, `docker://${base}/app`));
  assert.deepEqual(tags.Tags, ["1.0"]);
  await finds("skopeo", "copy", "--all", "--src-tls-verify=false", `docker://${base}/app:1.0`, "dir:copy");
  await finds("skopeo", "sync", "--all", "--src-tls-verify=false", "--src=docker", "--dest=dir", `${base}/app`, "mirror");
  for (const reference of ["app:2.0", "secret:1.0"]) await misses("skopeo", "inspect", plain, `docker://${base}/${reference}`);
  await refused("skopeo", "copy", "--dest-tls-verify=false", "dir:copy", `docker://${base}/app:3.0`);
}

async function podman({ finds, misses, base }) {
  const storage = ["--root=store", "--runroot=run", "--storage-driver=vfs"];
  const pull = [...storage, "pull", "--quiet", "--tls-verify=false"];
  await finds("podman", ...pull, `${base}/app:1.0`);
  for (const reference of ["app:2.0", "secret:1.0"]) await misses("podman", ...pull, `${base}/${reference}`);
}

async function helm({ finds, misses, base }) {
  const chart = `oci://${base}/charts/harbour`;
  await finds("helm", "pull", chart, "--version=1.0.0", "--plain-http", "--destination=copy");
  await misses("helm", "pull", chart, "--version=2.0.0", "--plain-http");
  // The newest chart is the newest that is granted.
  assert.match(await finds("helm", "show", "chart", chart, "--plain-http"), /version: 1\.0\.0/);
}

async function oras({ finds, misses, base, layouts }) {
  const discover = ["discover", "--plain-http", "--format=json"];
  const found = JSON.parse(await finds("oras", ...discover, `${base}/app:1.0`));
  assert.equal(found.referrers.length, 1);
  await finds("oras", "pull", "--plain-http", "--output=sbom", `${base}/app@${found.referrers[0].digest}`);
  await misses("oras", ...discover, `${base}/app:2.0`);
  await misses("oras", ...discover, `${base}/app@${layouts["2.0"].index}`);
}

async function docker({ registry, customer, vendor, folder, base, misses }) {
  const daemon = await Docker.start(folder);
  try {
    await program(folder, "hello", "Ahoy");
    await writeFile(join(folder, "Dockerfile"), 'FROM scratch\nCOPY hello /hello\nENTRYPOINT ["/hello"]\n');
    await writeFile(join(folder, ".dockerignore"), "*\n!hello\n");
    const login = ({ username, password }) =>
      daemon.run(["login", "--username", username, "--password-stdin", registry.host], { input: password });
    await login(registry);
    for (const image of [`${base}/docker/hello:1.0`, `${base}/docker/hello:2.0`]) {
      await daemon.run(["build", "--quiet", "--tag", image, folder]);
      await daemon.run(["push", "--quiet", image]);
      await daemon.run(["image", "rm", image]);
    }
    await login(customer);
    assert.match(await daemon.fail(["pull", `${base}/docker/hello:1.0`]), ABSENT);
    await grant(registry, customer, "Docker", { "docker/hello": { kind: "pattern", expression: "1.*" } });
    assert.equal(await daemon.run(["run", "--rm", "--network=none", `${base}/docker/hello:1.0`]), "Ahoy");
    assert.match(await daemon.fail(["pull", `${base}/docker/hello:2.0`]), ABSENT);
    assert.match(await daemon.fail(["push", `${base}/docker/hello:1.0`]), /denied/i);
    // The vendor's own clients are never restricted.
    await vendor.finds("crane", "manifest", `${base}/docker/hello:2.0`);
    await misses("crane", "manifest", `${base}/docker/hello:2.0`);
  } finally {
    await daemon.stop();
  }
}

/** What is taken back is gone with the next request. */
async function end(registry, { finds, misses, base, entitlement }) {
  await finds("crane", "manifest", `${base}/app:1.0`);
  await withdraw(registry, entitlement);
  await misses("crane", "manifest", `${base}/app:1.0`);
  await misses("crane", "ls", `${base}/app`);
}
