// The agent as a container: its image, started as a customer does from the manifest that the hub gives, deploys to the engine beside it.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { run } from "../program.mjs";
import { makeCustomer } from "../registry/customer.mjs";
import { Docker } from "../registry/dockerd.mjs";
import { withRegistry } from "../registry/server.mjs";
import { compose, ENV_FILE, logged, offer, pushImages } from "./ledger.mjs";
import { base64, Member, until } from "./vendor.mjs";

const DOCKERFILE = fileURLToPath(new URL("../../deploy/agent/Dockerfile.scratch", import.meta.url));

test("image: the agent deploys from a container of its own", () =>
  withRegistry(async (registry) => {
    const docker = await Docker.start(registry.folder);
    const site = { docker };
    try {
      Object.assign(site, await prepare(registry, docker));
      await deploys(site);
      await measures(site);
      await isRemoved(site);
    } finally {
      if (site.agent) await docker.run(["rm", "--force", site.agent]);
      await docker.stop();
    }
  }));

async function prepare(registry, docker) {
  const { hub, folder } = registry;
  const image = await pushImages(registry, docker, ["1.0.0"]);
  const { id, password } = await makeCustomer(registry, "Harbor", "read_write");
  const customer = Object.assign(new Member(hub, password), { id });
  const versions = await offer(registry, customer, { "1.0.0": compose(`${image}:1.0.0`) });
  const dockerEndpoint = docker.environment.DOCKER_HOST;
  const pier = { name: "Pier 7", type: "docker", deployments: [], metricsEnabled: true, deploymentLogsEnabled: true, dockerEndpoint };
  const target = await customer.call("POST", "deployment-targets", pier);
  const connection = await customer.call("POST", `deployment-targets/${target.id}/access-request`);
  const manifest = await (await fetch(connection.connectUrl)).text();
  const [, name] = manifest.match(/image: "([^"]+)"/);
  await buildAgent(docker, folder, name);
  await run("docker-compose", ["--file", "-", "up", "--detach"], { env: docker.environment, input: manifest });
  const agent = await docker.run(["ps", "--quiet", "--filter", `ancestor=${name}`]);
  assert.match(agent, /^[0-9a-f]+$/);
  return { customer, versions, target, agent, name };
}

/** The image, from the programs that these tests use. */
async function buildAgent(docker, folder, name) {
  const context = join(folder, "image-agent");
  await mkdir(context);
  const find = (program) => process.env.PATH.split(delimiter).map((at) => join(at, program)).find(existsSync);
  for (const [file, source] of [
    ["grantry-agent", process.env.GRANTRY_AGENT_BIN],
    ["docker", find("docker")],
    ["docker-compose", find("docker-compose")],
    ["ca-certificates.crt", "/etc/ssl/certs/ca-certificates.crt"],
  ]) {
    assert.ok(source, `${file} is not there: run these tests with \`cargo xtask e2e\``);
    await copyFile(source, join(context, file));
  }
  await docker.run(["build", "--quiet", "--file", DOCKERFILE, "--tag", name, context]);
}

async function deploys(site) {
  const { docker, customer, versions, target, agent } = site;
  const tell = async () => JSON.stringify(await customer.deployment(target.id), null, 1) + (await docker.run(["logs", agent]));
  const chosen = { deploymentTargetId: target.id, envFileData: base64(ENV_FILE) };
  await customer.call("PUT", "deployments", { ...chosen, applicationVersionId: versions["1.0.0"] });
  await until("it is healthy", async () => {
    const { latestStatus } = await customer.deployment(target.id);
    return latestStatus?.type === "healthy";
  }, { tell });
  await logged(site, /license LEDGER is valid/);
  await docker.run(["exec", agent, "grantry-agent", "health"]);
  // Restarted, it knows what it deployed and touches nothing.
  const containers = await docker.run(["ps", "--quiet"]);
  await docker.run(["restart", agent]);
  const start = Date.now();
  await until("the agent is back", async () => {
    const { lastSeenAt } = await customer.call("GET", `deployment-targets/${target.id}`);
    return lastSeenAt && Date.parse(lastSeenAt) > start;
  }, { tell });
  assert.equal(await docker.run(["ps", "--quiet"]), containers);
}

/** Disks are measured through the machine's root folder, which the manifest mounts. */
async function measures({ customer, target }) {
  const measured = await until("it is measured", async () => {
    const { status, body } = await customer.send("GET", `deployment-targets/${target.id}/metrics`);
    return status === 200 && body.length > 0 && body;
  });
  assert.match(JSON.stringify(measured), /"path":"\/"/);
}

async function isRemoved(site) {
  const { docker, customer, target, agent } = site;
  const { id } = await customer.deployment(target.id);
  await customer.call("DELETE", `deployments/${id}`);
  await until("only the agent is left", async () => (await docker.run(["ps", "--all", "--quiet"])) === agent);
}
