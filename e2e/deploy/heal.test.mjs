// Unhealthy containers: the agent restarts those that it deployed, if the target says so.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { makeCustomer } from "../registry/customer.mjs";
import { Docker } from "../registry/dockerd.mjs";
import { withRegistry } from "../registry/server.mjs";
import { Agent } from "./agent.mjs";
import { compose, ENV_FILE, logged, offer, pushImages } from "./ledger.mjs";
import { base64, Member, until } from "./vendor.mjs";

test("autoheal: a container that hangs is restarted and is healthy again", () =>
  withRegistry(async (registry) => {
    const docker = await Docker.start(registry.folder);
    let agent;
    try {
      const { hub, folder } = registry;
      const image = await pushImages(registry, docker, ["1.0.0"]);
      const { id, password } = await makeCustomer(registry, "Harbor", "read_write");
      const customer = Object.assign(new Member(hub, password), { id });
      const versions = await offer(registry, customer, { "1.0.0": compose(`${image}:1.0.0`) });
      const pier = { name: "Pier 7", type: "docker", deployments: [], deploymentLogsEnabled: true, autohealEnabled: true };
      const target = await customer.call("POST", "deployment-targets", pier);
      const connection = await customer.call("POST", `deployment-targets/${target.id}/access-request`);
      const manifest = await (await fetch(connection.connectUrl)).text();
      const [, autoheal] = manifest.match(/GRANTRY_AUTOHEAL: "?(\w+)"?/);
      const env = { ...docker.environment, GRANTRY_AUTOHEAL: autoheal };
      agent = Agent.start("docker", hub, connection, { state: join(folder, "agent"), env });
      const chosen = { deploymentTargetId: target.id, envFileData: base64(ENV_FILE) };
      await customer.call("PUT", "deployments", { ...chosen, applicationVersionId: versions["1.0.0"] });
      await heals({ docker, customer, target, agent, image });
    } finally {
      await agent?.stop();
      await docker.stop();
    }
  }));

async function heals(site) {
  const { docker, customer, target, agent, image } = site;
  const status = (kind, pattern) => async () => {
    const { latestStatus } = await customer.deployment(target.id);
    return latestStatus?.type === kind && pattern.test(latestStatus.message);
  };
  await until("it is healthy", status("healthy", /./), { tell: () => agent.output });
  await logged(site, /license LEDGER is valid/);
  const [ours] = (await docker.run(["ps", "--quiet", "--no-trunc"])).split("\n");
  const token = (await inspect(docker, ours)).Config.Env.find((line) => line.startsWith("LICENSE_TOKEN="));
  // A container of somebody else on the same engine is unhealthy too: its image has no shell for the check.
  const check = ["--health-cmd", "true", "--health-interval", "1s", "--health-retries", "1"];
  const other = await docker.run(["run", "--detach", "--network", "none", "--env", token, ...check, `${image}:1.0.0`]);
  const before = { ours: await inspect(docker, ours), other: await inspect(docker, other) };
  process.kill(before.ours.State.Pid, "SIGSTOP");
  await until("the other one is unhealthy", async () => (await inspect(docker, other)).State.Health.Status === "unhealthy");

  await until("it is restarted and healthy again", status("healthy", /ledger-1 was restarted because it was unhealthy/), {
    limit: 90_000,
    tell: async () => JSON.stringify(await customer.deployment(target.id), null, 1) + agent.output,
  });
  const after = await inspect(docker, ours);
  assert.notEqual(after.State.StartedAt, before.ours.State.StartedAt);
  assert.equal(after.State.Health.Status, "healthy");
  assert.equal((await inspect(docker, other)).State.StartedAt, before.other.State.StartedAt);
  assert.match(agent.output, /the container \S*ledger-1 is unhealthy: its health check fails; it is restarted/);
  await docker.run(["rm", "--force", other]);
}

async function inspect(docker, id) {
  return JSON.parse(await docker.run(["inspect", id]))[0];
}
