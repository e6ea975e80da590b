// The demo: the first pull works as the hub prints it, and a deployment that waits there runs with a real agent.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Agent } from "../deploy/agent.mjs";
import { Member, until } from "../deploy/vendor.mjs";
import { Hub } from "../hub.mjs";
import { Docker } from "./dockerd.mjs";

test("the demo can be tried with docker", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "gr-"));
  const hub = await Hub.start(["--demo"]);
  try {
    const docker = await Docker.start(folder);
    try {
      await context.test("the first pull works as printed", () => pulls(hub, docker));
      await context.test("what waits for an agent runs as soon as there is one", () => deploys(hub, docker, folder));
    } finally {
      await docker.stop();
    }
  } finally {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

async function pulls(hub, docker) {
  const commands = printed(hub.output);
  assert.equal(commands.length, 3, hub.output);
  const [login, pull, run] = commands;
  const [, token, loginArgs] = login.match(/^echo (\S+) \| docker (.*)$/);
  await docker.run(loginArgs.split(" "), { input: token });
  await docker.run(pull.split(" ").slice(1));
  const image = run.split(" ").at(-1);
  // As printed, but for the network, which the daemon of the tests has not.
  assert.match(await docker.run(["run", "--rm", "--network=none", image]), /^Fleet Manager 2\.0\.1 by Northwind Robotics/);
  const host = image.split("/")[0];
  await docker.fail(["pull", `${host}/northwind/forecast:1.1.0`]);
  await docker.run(["logout", host]);
  await docker.run(["image", "rm", "--force", image]);
}

/** Connects the one machine that never had an agent, and another one in place of the sample's own agent. */
async function deploys(hub, docker, folder) {
  for (const [email, name, version] of [
    ["gavin.stone@hooli.example", "Trial machine", "2.0.1"],
    ["rosa.thorn@soylent.example", "Rotterdam", "1.4.1"],
  ]) {
    const customer = new Member(hub, await accessToken(hub, email));
    const target = (await customer.call("GET", "deployment-targets")).find((one) => one.name === name);
    const connection = await customer.call("POST", `deployment-targets/${target.id}/access-request`);
    const agent = Agent.start("docker", hub, connection, { state: join(folder, target.id), env: docker.environment });
    try {
      await until(`${name} is healthy`, async () => {
        const images = await docker.run(["ps", "--filter", "health=healthy", "--format", "{{.Image}}"]);
        const { latestStatus } = await customer.deployment(target.id);
        return images.includes(`/northwind/fleet-manager:${version}`) && latestStatus?.type === "healthy";
      }, { tell: () => agent.output });
    } finally {
      await agent.stop();
    }
  }
}

async function accessToken(hub, email) {
  const session = await hub.api("POST", "/api/v1/auth/login", { body: { email, password: "grantry-demo" } });
  assert.equal(session.status, 200, JSON.stringify(session.body));
  const made = await hub.api("POST", "/api/v1/settings/tokens", { bearer: session.body.token, body: { label: "Agents" } });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body.key;
}

/** The commands that the hub tells to copy. */
function printed(output) {
  const lines = output.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith("docker ") || line.startsWith("echo "));
}
