// Docker, from the vendor's push to the customer's container: entitled, deployed by an agent, licensed, updated, ended.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { makeCustomer } from "../registry/customer.mjs";
import { Docker } from "../registry/dockerd.mjs";
import { withRegistry } from "../registry/server.mjs";
import { Agent } from "./agent.mjs";
import { compose, ENV_FILE, logged, pushImages } from "./ledger.mjs";
import { base64, Member, until } from "./vendor.mjs";

const OUTAGE = 60_000; // milliseconds; what an agent must sit out without touching what runs

test("docker: a version is granted, deployed, licensed, updated and ended", () =>
  withRegistry(async (registry) => {
    const docker = await Docker.start(registry.folder);
    const site = {};
    try {
      Object.assign(site, await prepare(registry, docker));
      await deploys(site);
      await updates(site);
      await rollsBack(site);
      await redeploysWithNewLicense(site);
      await survivesOutage(site);
      await goesOnWhenExpired(site);
      await isUndeployed(site);
    } finally {
      await site.agent?.stop();
      await docker.stop();
    }
  }));

/** What vendor and customer set up once. */
async function prepare(registry, docker) {
  const { hub, folder, password } = registry;
  const vendor = new Member(hub, password);
  const image = await pushImages(registry, docker, ["1.0.0", "2.0.0", "3.0.0"]);
  const { id, password: accessToken } = await makeCustomer(registry, "Harbor", "read_write");
  const customer = Object.assign(new Member(hub, accessToken), { id });
  const application = await vendor.call("POST", "applications", { name: "Ledger", type: "docker" });
  const versions = {};
  for (const version of ["1.0.0", "2.0.0", "3.0.0"]) {
    const files = { composefile: compose(`${image}:${version}`) };
    versions[version] = (await vendor.addVersion(application.id, { name: version }, files)).id;
  }
  const key = await vendor.call("POST", "license-keys", {
    name: "LEDGER",
    customerOrganizationId: id,
    payload: { seats: 5 },
    notBefore: new Date(Date.now() - 3_600_000).toISOString(),
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  });
  await customer.call("POST", "secrets", { key: "DATABASE_PASSWORD", value: "correct-horse-battery" });
  const entitlement = await vendor.call("POST", "application-entitlements", {
    name: "Ledger 1",
    applicationId: application.id,
    customerOrganizationId: id,
    versions: [{ id: versions["1.0.0"] }],
  });
  const artifact = (await vendor.call("GET", "artifacts")).find(({ name }) => name === "ledger");
  await vendor.call("POST", "artifact-entitlements", {
    name: "Ledger images",
    customerOrganizationId: id,
    artifacts: [{ artifactId: artifact.id, versionIds: [] }],
  });
  return { docker, folder, hub, vendor, customer, application, versions, key, entitlement, image };
}

async function deploys(site) {
  const { docker, folder, hub, customer, versions } = site;
  const pier = { name: "Pier 7", type: "docker", deployments: [], metricsEnabled: true, deploymentLogsEnabled: true };
  site.target = await customer.call("POST", "deployment-targets", pier);
  const connection = await customer.call("POST", `deployment-targets/${site.target.id}/access-request`);
  assert.match(connection.connectCommand, /curl .* \| docker compose -f - up -d/);
  const state = join(folder, "agent");
  site.agent = Agent.start("docker", hub, connection, { state, env: docker.environment });

  const chosen = { deploymentTargetId: site.target.id, envFileData: base64(ENV_FILE) };
  await customer.refused(400, "PUT", "deployments", { ...chosen, applicationVersionId: versions["2.0.0"] });
  await customer.call("PUT", "deployments", { ...chosen, applicationVersionId: versions["1.0.0"] });
  await healthy(site, "1.0.0");
  const lines = await logged(site, /"seats":5/);
  assert.ok(lines.some((line) => /license LEDGER is valid/.test(line)), lines.join("\n"));
  for (const line of lines) assert.doesNotMatch(line, /correct-horse-battery/);
}

async function updates(site) {
  const { vendor, customer, entitlement, application, versions } = site;
  const wanted = { name: "Ledger 1 and 2", applicationId: application.id, customerOrganizationId: customer.id };
  const ids = ["1.0.0", "2.0.0"].map((version) => ({ id: versions[version] }));
  await vendor.call("PUT", `application-entitlements/${entitlement.id}`, { ...wanted, versions: ids });
  const narrower = { ...wanted, versions: ids.slice(1) };
  const lost = await vendor.refused(409, "PUT", `application-entitlements/${entitlement.id}`, narrower);
  assert.match(JSON.stringify(lost), /1\.0\.0/);
  await vendor.refused(409, "DELETE", `application-entitlements/${entitlement.id}`);
  await move(site, "2.0.0");
  await healthy(site, "2.0.0");
  const { id } = await customer.deployment(site.target.id);
  const third = { deploymentTargetId: site.target.id, deploymentId: id, applicationVersionId: versions["3.0.0"] };
  await customer.refused(400, "PUT", "deployments", third);
  const refusal = await vendor.refused(409, "PUT", "deployments", third);
  assert.match(JSON.stringify(refusal), /Ledger 1 and 2/);
  await healthy(site, "2.0.0");
}

async function rollsBack(site) {
  const { customer } = site;
  const { id } = await customer.deployment(site.target.id);
  await customer.call("POST", `deployments/${id}/rollback`, { revision: 1 });
  await healthy(site, "1.0.0");
  const revisions = await customer.call("GET", `deployments/${id}/revisions`);
  assert.deepEqual(revisions.map(({ applicationVersionName }) => applicationVersionName), ["1.0.0", "2.0.0", "1.0.0"]);
  await move(site, "2.0.0");
  await healthy(site, "2.0.0");
}

/** A new revision of the key asks first, and then reaches the application. */
async function redeploysWithNewLicense(site) {
  const { vendor, key } = site;
  const revision = { payload: { seats: 25 } };
  const asked = await vendor.refused(409, "PUT", `license-keys/${key.id}`, revision);
  assert.deepEqual(asked.affectedDeployments.map(({ applicationName }) => applicationName), ["Ledger"]);
  await vendor.refused(409, "DELETE", `license-keys/${key.id}`);
  const revised = await vendor.call("PUT", `license-keys/${key.id}?confirm=true`, revision);
  assert.equal(revised.affectedDeployments.length, 1);
  await logged(site, /"seats":25/);
  await healthy(site, "2.0.0");
}

/** The hub is away for a while and the agent is killed: what runs is not touched, then or when both are back. */
async function survivesOutage(site) {
  const { hub, agent } = site;
  const before = await container(site);
  await agent.stop("SIGKILL");
  await hub.pause(async () => {
    agent.run();
    await pause(OUTAGE);
    assert.ok(agent.isRunning, agent.output);
  });
  await until("the agent reports again", async () => {
    const { latestStatus } = await site.customer.deployment(site.target.id);
    return latestStatus.type === "healthy" && seenSince(site, before.checkedAt);
  }, { limit: 150_000, tell: () => agent.output }); // it waits for up to a minute between two tries
  const after = await container(site);
  assert.deepEqual([after.Id, after.State.StartedAt], [before.Id, before.State.StartedAt]);
}

/** An expired entitlement ends updates, not what runs. */
async function goesOnWhenExpired(site) {
  const { vendor, customer, application, entitlement, versions } = site;
  const before = await container(site);
  await vendor.call("PUT", `application-entitlements/${entitlement.id}`, {
    name: "Ledger 1 and 2",
    applicationId: application.id,
    customerOrganizationId: customer.id,
    versions: ["1.0.0", "2.0.0"].map((version) => ({ id: versions[version] })),
    expiresAt: new Date(Date.now() - 1_000).toISOString(),
  });
  const deployment = await customer.deployment(site.target.id);
  assert.equal(deployment.licenseExpired, true);
  const again = { deploymentTargetId: site.target.id, deploymentId: deployment.id, envFileData: base64(ENV_FILE) };
  for (const version of ["1.0.0", "2.0.0"]) {
    const { status } = await customer.send("PUT", "deployments", { ...again, applicationVersionId: versions[version] });
    assert.ok([400, 409].includes(status), `${version}: ${status}`);
  }
  assert.deepEqual(await customer.call("GET", "applications"), []);
  await pause(3_000);
  const after = await container(site);
  assert.deepEqual([after.Id, after.State.StartedAt], [before.Id, before.State.StartedAt]);
  assert.equal(after.State.Health.Status, "healthy");
}

/** Undeploying removes the container and keeps its volume. */
async function isUndeployed(site) {
  const { docker, customer } = site;
  const { id } = await customer.deployment(site.target.id);
  await customer.call("DELETE", `deployments/${id}`);
  await until("the container is gone", async () => (await docker.run(["ps", "--all", "--quiet"])) === "");
  assert.match(await docker.run(["volume", "ls", "--quiet"]), /books/);
}

async function move(site, version) {
  const { customer, versions } = site;
  const { id } = await customer.deployment(site.target.id);
  await customer.call("PUT", "deployments", {
    deploymentTargetId: site.target.id,
    deploymentId: id,
    applicationVersionId: versions[version],
    envFileData: base64(ENV_FILE),
  });
}

/** Waits until the hub calls the newest revision healthy, and the container is one of this version. */
function healthy(site, version) {
  const told = async () => JSON.stringify(await site.customer.deployment(site.target.id), null, 1) + site.agent.output;
  const is = async () => {
    const { deploymentRevisionId, latestStatus, applicationVersionName } = await site.customer.deployment(site.target.id);
    if (applicationVersionName !== version || latestStatus?.deploymentRevisionId !== deploymentRevisionId) return false;
    return latestStatus.type === "healthy" && (await container(site)).Config.Labels.version === version;
  };
  return until(`version ${version} is healthy`, is, { tell: told });
}

/** The one container of the project. */
async function container({ docker, image }) {
  const ids = (await docker.run(["ps", "--quiet"])).split("\n").filter(Boolean);
  assert.equal(ids.length, 1, `${ids.length} containers`);
  const [found] = JSON.parse(await docker.run(["inspect", ids[0]]));
  assert.ok(found.Config.Image.startsWith(image));
  return { ...found, checkedAt: Date.now() };
}

/** Whether the hub has heard of the deployment since a moment. */
async function seenSince({ customer, target }, moment) {
  const { lastSeenAt } = await customer.call("GET", `deployment-targets/${target.id}`);
  return lastSeenAt && Date.parse(lastSeenAt) > moment + OUTAGE;
}
