// docker: logs in, pushes, pulls and runs an image, and an index of two platforms.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { Docker } from "./dockerd.mjs";
import { program } from "./image.mjs";
import { withRegistry } from "./server.mjs";

test("docker", () =>
  withRegistry(async (registry) => {
    const docker = await Docker.start(registry.folder);
    try {
      await journey(registry, docker);
    } finally {
      await docker.stop();
    }
  }));

async function journey({ folder, hub, host, slug, username, password }, docker) {
  const image = `${host}/${slug}/docker/hello`;
  const login = ["login", "--username", username, "--password-stdin", host];
  if (hub) {
    assert.match(await docker.fail(login, { input: "wrong" }), /unauthorized/i);
    await build(docker, folder, `${image}:0.9`, "too early");
    await docker.fail(["push", `${image}:0.9`]);
  }
  await docker.run(login, { input: password });

  await build(docker, folder, `${image}:1.0`, "Ahoy from 1.0");
  await docker.run(["push", "--quiet", `${image}:1.0`]);
  await runsPulled(docker, `${image}:1.0`, "Ahoy from 1.0");
  await docker.run(["tag", `${image}:1.0`, `${host}/${slug}/docker/copy:1.0`]);
  assert.match(await docker.run(["push", `${host}/${slug}/docker/copy:1.0`]), /Mounted from|Layer already exists/);
  await platforms(docker, folder, image);
  if (hub) await tagStays(docker, folder, image);
}

async function build(docker, folder, reference, text) {
  await program(folder, "hello", text);
  await writeFile(join(folder, "Dockerfile"), 'FROM scratch\nCOPY hello /hello\nENTRYPOINT ["/hello"]\n');
  await writeFile(join(folder, ".dockerignore"), "*\n!hello\n");
  await docker.run(["build", "--quiet", "--tag", reference, folder]);
}

/** Forgets an image, pulls it and runs it. */
async function runsPulled(docker, reference, text) {
  const [{ Id: built }] = JSON.parse(await docker.run(["image", "inspect", reference]));
  await docker.run(["image", "rm", "--force", built]);
  assert.equal(await docker.run(["run", "--rm", "--network=none", reference]), text);
  const [pulled] = JSON.parse(await docker.run(["image", "inspect", reference]));
  assert.equal(pulled.Id, built);
  await docker.run(["pull", "--quiet", pulled.RepoDigests[0]]);
}

/** One tag for two platforms; the machine gets its own. */
async function platforms(docker, folder, image) {
  const native = process.arch === "arm64" ? "arm64" : "amd64";
  const members = ["amd64", "arm64"].map((architecture) => `${image}:2.0-${architecture}`);
  for (const member of members) {
    await build(docker, folder, member, `Ahoy from ${member.split("-").at(-1)}`);
    await docker.run(["push", "--quiet", member]);
  }
  await docker.run(["manifest", "create", "--insecure", `${image}:2.0`, ...members]);
  for (const member of members) {
    const architecture = member.split("-").at(-1);
    await docker.run(["manifest", "annotate", "--os=linux", `--arch=${architecture}`, `${image}:2.0`, member]);
  }
  const digest = await docker.run(["manifest", "push", "--insecure", `${image}:2.0`]);
  await docker.run(["image", "rm", "--force", ...members]);
  assert.equal(await docker.run(["run", "--rm", "--network=none", `${image}:2.0`]), `Ahoy from ${native}`);
  await docker.run(["pull", "--quiet", `${image}@${digest.split("\n").at(-1)}`]);
}

/** A pushed version keeps its content; the vendor reads why. */
async function tagStays(docker, folder, image) {
  await docker.run(["push", "--quiet", `${image}:1.0`]);
  await build(docker, folder, `${image}:1.0`, "Another 1.0");
  assert.match(await docker.fail(["push", `${image}:1.0`]), /denied: /);
}
