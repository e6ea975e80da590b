// A stack of a swarm: deployed once there is a swarm, licensed, updated, and removed without its volume.

import assert from "node:assert/strict";
import { stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { makeCustomer } from "../registry/customer.mjs";
import { Docker } from "../registry/dockerd.mjs";
import { withRegistry } from "../registry/server.mjs";
import { Agent } from "./agent.mjs";
import { ENV_FILE, logged, offer, pushImages, stack } from "./ledger.mjs";
import { base64, Member, until } from "./vendor.mjs";

test("swarm: a stack is deployed, licensed, updated and removed", () =>
  withRegistry(async (registry) => {
    const docker = await Docker.start(registry.folder);
    const site = { docker };
    try {
      Object.assign(site, await prepare(registry, docker));
      await waitsForSwarm(site);
      await runsWithLicense(site);
      await renewsCredential(site);
      await outlivesAgent(site);
      await updates(site);
      await isRemoved(site);
    } finally {
      await site.agent?.stop();
      await docker.stop();
    }
  }));

async function prepare(registry, docker) {
  const { hub, folder } = registry;
  const image = await pushImages(registry, docker, ["1.0.0", "2.0.0"]);
  const { id, password } = await makeCustomer(registry, "Harbor", "read_write");
  const customer = Object.assign(new Member(hub, password), { id });
  const files = { "1.0.0": stack(`${image}:1.0.0`), "2.0.0": stack(`${image}:2.0.0`) };
  const versions = await offer(registry, customer, files);
  const swarm = { name: "Pier 7", type: "docker", deployments: [], deploymentLogsEnabled: true };
  const target = await customer.call("POST", "deployment-targets", swarm);
  const connection = await customer.call("POST", `deployment-targets/${target.id}/access-request`);
  const state = join(folder, "agent");
  const agent = Agent.start("docker", hub, connection, { state, env: docker.environment });
  const chosen = { deploymentTargetId: target.id, envFileData: base64(ENV_FILE) };
  await customer.call("PUT", "deployments", { ...chosen, applicationVersionId: versions["1.0.0"], dockerType: "swarm" });
  return { customer, versions, target, chosen, state, agent };
}

/** An engine in no swarm says what is to be done; once that is done, the stack is deployed by itself. */
async function waitsForSwarm(site) {
  const { docker, customer, target } = site;
  await until("the missing swarm is told", async () => {
    const { latestStatus } = await customer.deployment(target.id);
    return latestStatus?.type === "error" && /docker swarm init/.test(latestStatus.message);
  }, { tell: () => site.agent.output });
  await docker.startSwarm();
  await healthy(site, "1.0.0");
}

async function runsWithLicense(site) {
  const { docker, customer, target } = site;
  const lines = await logged(site, /"seats":5/);
  assert.ok(lines.some((line) => /license LEDGER is valid/.test(line)), lines.join("\n"));
  const { id } = await customer.deployment(target.id);
  const { active } = await customer.call("GET", `deployments/${id}/logs/resources`);
  assert.deepEqual(active, ["ledger"]);
  // The token came by the environment of one command and is in the service's alone.
  assert.match((await container(site)).Config.Env.join("\n"), /^LICENSE_TOKEN=eyJ/m);
  assert.match(await docker.run(["config", "ls", "--format", "{{.Name}}"]), /^distr-[0-9a-f]{8}\.owner$/);
}

/** The swarm is given a new credential before its own ends, and replaces no task for it. */
async function renewsCredential(site) {
  const { docker, customer, target, state, agent } = site;
  const { id } = await customer.deployment(target.id);
  const config = join(state, target.id, id, "docker", "config.json");
  const [service] = (await docker.run(["service", "ls", "--quiet"])).split("\n");
  const version = async () => JSON.parse(await docker.run(["service", "inspect", service]))[0].Version.Index;
  const before = { tasks: await docker.run(["service", "ps", "--quiet", service]), version: await version() };
  const past = new Date(Date.now() - 13 * 3_600_000);
  await utimes(config, past, past);
  await until("the credential is renewed", async () => (await version()) > before.version, { tell: () => agent.output });
  await healthy(site, "1.0.0");
  assert.equal(await docker.run(["service", "ps", "--quiet", service]), before.tasks);
  assert.ok((await stat(config)).mtimeMs > past.getTime() + 3_600_000);
}

/** An agent that is killed and comes back leaves the tasks as they are. */
async function outlivesAgent(site) {
  const { agent, docker } = site;
  const before = await docker.run(["service", "ls", "--quiet"]).then((id) => docker.run(["service", "ps", "--quiet", id]));
  await agent.stop("SIGKILL");
  agent.run();
  const start = Date.now();
  await until("the agent is back", async () => {
    const { lastSeenAt } = await site.customer.call("GET", `deployment-targets/${site.target.id}`);
    return lastSeenAt && Date.parse(lastSeenAt) > start;
  }, { tell: () => agent.output });
  await healthy(site, "1.0.0");
  const after = await docker.run(["service", "ls", "--quiet"]).then((id) => docker.run(["service", "ps", "--quiet", id]));
  assert.equal(after, before);
}

async function updates(site) {
  const { customer, target, versions, chosen } = site;
  const { id } = await customer.deployment(target.id);
  const second = { ...chosen, deploymentId: id, applicationVersionId: versions["2.0.0"], dockerType: "swarm" };
  await customer.call("PUT", "deployments", second);
  await healthy(site, "2.0.0");
}

async function isRemoved(site) {
  const { docker, customer, target } = site;
  const { id } = await customer.deployment(target.id);
  await customer.call("DELETE", `deployments/${id}`);
  await until("nothing is left of the stack", async () => {
    const left = await Promise.all([
      docker.run(["service", "ls", "--quiet"]),
      docker.run(["ps", "--all", "--quiet"]),
      docker.run(["config", "ls", "--quiet"]),
    ]);
    return left.join("") === "";
  }, { tell: () => site.agent.output });
  assert.match(await docker.run(["volume", "ls", "--quiet"]), /^distr-[0-9a-f]{8}_books$/);
}

/** Waits until the hub calls the newest revision healthy, and the one running task is one of this version. */
function healthy(site, version) {
  const { customer, target, agent } = site;
  const tell = async () => JSON.stringify(await customer.deployment(target.id), null, 1) + agent.output;
  return until(`version ${version} is healthy`, async () => {
    const { deploymentRevisionId, latestStatus, applicationVersionName } = await customer.deployment(target.id);
    if (applicationVersionName !== version || latestStatus?.deploymentRevisionId !== deploymentRevisionId) return false;
    return latestStatus.type === "healthy" && (await container(site)).Config.Labels.version === version;
  }, { limit: 90_000, tell });
}

/** The one container that runs. */
async function container({ docker }) {
  const ids = (await docker.run(["ps", "--quiet"])).split("\n").filter(Boolean);
  assert.equal(ids.length, 1, `${ids.length} containers`);
  return JSON.parse(await docker.run(["inspect", ids[0]]))[0];
}
