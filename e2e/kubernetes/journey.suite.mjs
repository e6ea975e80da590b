// Kubernetes, from the vendor's push to the customer's cluster: a real hub with its registry, the real agent, a real API server.

import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { base64, Member, until } from "../deploy/vendor.mjs";
import { fail, run } from "../program.mjs";
import { grant, makeCustomer } from "../registry/customer.mjs";
import { writeLayout } from "../registry/image.mjs";
import { withRegistry } from "../registry/server.mjs";
import { pack } from "./chart.mjs";
import { program } from "./cluster.mjs";
import { AgentPod } from "./pod.mjs";
import { credentials, healthy, history, logged, pods, told } from "./seen.mjs";
import { World } from "./world.mjs";

const OUTAGE = 15_000; // milliseconds; what an agent must sit out without touching what runs
const HOUR = 3_600_000;
const VERSIONS = ["1.0.0", "2.0.0", "3.0.0", "4.0.0", "5.0.0"];
const PASSWORD = "correct-horse-battery";

// What each version says, and what its customers start from.
const BASE = (image) => `image: ${image}\ngreeting: ahoy\n`;
const TEMPLATE = `license: {{ .LicenseKeys.HARBOUR }}
password: {{ printf "%q" .Secrets.DATABASE_PASSWORD }}
imagePullSecrets: []
`;

const STEPS = [connects, installs, upgrades, rollsBack, refuses, reportsDrift, redeploysWithNewSecret, survivesOutage, uninstalls];

const HELM_OPTIONS = { timeout: "60s", waitStrategy: "watcher", rollbackOnFailure: true, cleanupOnFailure: true, forceConflicts: true };

describe("hub, agent, cluster", () => {
  let world;
  before(async () => (world = await World.start()));
  after(() => world?.stop());

  const travel = (name, site) =>
    test(name, () =>
      withRegistry(async (registry) => {
        Object.assign(site, { cluster: world.cluster, registry, hub: registry.hub, folder: registry.folder });
        try {
          await prepare(site);
          for (const step of STEPS) await step(site);
        } finally {
          await site.pod?.agent?.kill();
        }
      }),
    );

  travel("with Helm 3, in a namespace", { namespace: "pier-3", scope: "namespace", helm: "helm" });
  travel("with Helm 4, as an administrator of the cluster", { namespace: "pier-4", scope: "cluster", helm: process.env.GRANTRY_HELM_4 });
});

/** What vendor and customer set up once. */
async function prepare(site) {
  const { hub, registry } = site;
  const { host, slug, password } = registry;
  const vendor = new Member(hub, password);
  const places = { repository: `oci://${host}/${slug}/harbour`, image: `${host}/${slug}/web` };
  Object.assign(site, places, { vendor, charts: new Map(), versions: {} });
  await pushes(site);

  const { id, password: accessToken } = await makeCustomer(registry, "Harbor", "read_write");
  site.customer = Object.assign(new Member(hub, accessToken), { id });
  site.application = await vendor.call("POST", "applications", { name: "Harbour", type: "kubernetes" });
  for (const name of VERSIONS) {
    const version = { name, chartType: "oci", chartUrl: site.repository, chartVersion: name };
    const files = { valuesfile: BASE(`${site.image}:${name}`), templatefile: TEMPLATE };
    site.versions[name] = (await vendor.addVersion(site.application.id, version, files)).id;
  }
  const [notBefore, expiresAt] = [-HOUR, HOUR].map((away) => new Date(Date.now() + away).toISOString());
  await vendor.call("POST", "license-keys", { name: "HARBOUR", customerOrganizationId: id, payload: { seats: 5 }, notBefore, expiresAt });
  site.secret = await site.customer.call("POST", "secrets", { key: "DATABASE_PASSWORD", value: PASSWORD });
  // Version 5.0.0 is not granted; of 4.0.0 the chart is not.
  await vendor.call("POST", "application-entitlements", {
    name: "Harbour until 4",
    applicationId: site.application.id,
    customerOrganizationId: id,
    versions: VERSIONS.slice(0, 4).map((name) => ({ id: site.versions[name] })),
  });
  await grant(registry, site.customer, "Charts and images", { harbour: { kind: "range", expression: "<4" }, web: { kind: "all" } });
}

/** The vendor's charts and images, of which that of 3.0.0 was forgotten. */
async function pushes({ charts, folder, helm, image, registry, repository }) {
  const { host, username, password } = registry;
  const env = { HOME: folder, DOCKER_CONFIG: folder };
  const login = ["login", host, "--username", username, "--password-stdin"];
  await run(helm, ["registry", ...login, "--plain-http"], { env, input: password });
  await run("crane", ["auth", ...login], { env, input: password });
  for (const version of VERSIONS) {
    charts.set(version, await pack(folder, version));
    await run(helm, ["push", charts.get(version), repository.replace(/\/harbour$/, ""), "--plain-http"], { env });
    if (version === "3.0.0") continue;
    const layout = await writeLayout(join(folder, `image-${version}`), version, "harbour");
    await run("crane", ["push", "--index", layout.path, `${image}:${version}`], { env });
  }
}

/** The agent is started by the command that the hub shows, and by nothing else. */
async function connects(site) {
  const { cluster, customer, folder, namespace, scope } = site;
  const wanted = { name: "Pier 7", type: "kubernetes", namespace, scope, deployments: [], deploymentLogsEnabled: true };
  site.target = await customer.call("POST", "deployment-targets", wanted);
  const { connectCommand } = await customer.call("POST", `deployment-targets/${site.target.id}/access-request`);
  assert.match(connectCommand, new RegExp(`^kubectl apply -n ${namespace} -f "http`));
  await cluster.kubectl("create", "namespace", namespace);
  const env = { ...cluster.environment, PATH: `${join(program("kubectl"), "..")}:${process.env.PATH}` };
  await run("sh", ["-c", connectCommand], { env });
  const mayReadAll = ["auth", "can-i", "list", "secrets", "-A", `--as=system:serviceaccount:${namespace}:grantry-agent`];
  const kubectl = (args) => (scope === "cluster" ? run : fail)(program("kubectl"), args, { env });
  assert.match(await kubectl(mayReadAll), scope === "cluster" ? /^yes/ : /^no/);

  site.pod = await AgentPod.of(cluster, namespace, join(folder, "pod"), { GRANTRY_HELM: site.helm });
  site.pod.start();
  await until("the agent is connected", async () => (await customer.call("GET", `deployment-targets/${site.target.id}`)).lastSeenAt, {
    tell: () => site.pod.agent.output,
  });
  const { code, stderr } = await site.pod.health();
  assert.equal(code, 0, stderr);
}

async function installs(site) {
  const { customer, target, versions } = site;
  const template = await customer.send("GET", `applications/${site.application.id}/versions/${versions["1.0.0"]}/template-file`);
  assert.equal(template.body, TEMPLATE);
  const chosen = { deploymentTargetId: target.id, releaseName: "harbour", valuesYaml: base64(TEMPLATE), helmOptions: HELM_OPTIONS };
  await customer.refused(400, "PUT", "deployments", { ...chosen, applicationVersionId: versions["5.0.0"] });
  await customer.call("PUT", "deployments", { ...chosen, applicationVersionId: versions["1.0.0"] });
  const { latestStatus } = await healthy(site, "1.0.0");
  assert.equal(latestStatus.message, "the workload is ready");
  assert.deepEqual(await history(site), ["1 deployed"]);

  const { license, password } = await credentials(site);
  assert.equal(password, PASSWORD);
  await assertLicense(site, license);
  const lines = await logged(site, /web of harbour-web-.* started/);
  for (const text of [...lines, site.pod.agent.output, ...(await site.pod.files())]) {
    assert.ok(!text.includes(PASSWORD) && !text.includes(license), text.slice(0, 300));
  }
}

async function upgrades(site) {
  const before = await pods(site);
  await move(site, "2.0.0");
  await healthy(site, "2.0.0");
  assert.deepEqual(await history(site), ["1 superseded", "2 deployed"]);
  assert.notDeepEqual(await pods(site), before);
}

/** A version that does not start: Helm goes back, the hub says why, and somebody chooses the one before. */
async function rollsBack(site) {
  const before = await pods(site);
  await move(site, "3.0.0", { helmOptions: { ...HELM_OPTIONS, timeout: "8s" } });
  const { message } = await told(site, "error");
  assert.match(message, /^not ready: deployments\/harbour-web .*ImagePullBackOff: .*\/web\/manifests\/3\.0\.0.* Helm says: .*rolled back/s);
  assert.deepEqual(await history(site), ["1 superseded", "2 superseded", "3 failed", "4 deployed"]);
  assert.deepEqual(await pods(site), before);
  assert.equal((await site.cluster.find(site.namespace, "configmap", "harbour-settings")).data.chart, "2.0.0");

  const { id } = await site.customer.deployment(site.target.id);
  await site.customer.call("POST", `deployments/${id}/rollback`, { revision: 2 });
  await healthy(site, "2.0.0");
  assert.deepEqual(await pods(site), before);
}

/** What is not granted: the hub refuses a version, and the registry a chart. */
async function refuses(site) {
  const { customer, target, vendor, versions } = site;
  const [before, { id }] = [await pods(site), await customer.deployment(target.id)];
  const fifth = { deploymentTargetId: target.id, deploymentId: id, applicationVersionId: versions["5.0.0"] };
  await customer.refused(400, "PUT", "deployments", fifth);
  const refusal = await vendor.refused(409, "PUT", "deployments", fifth);
  assert.match(JSON.stringify(refusal), /Harbour until 4/);

  await move(site, "4.0.0");
  const { message } = await told(site, "error");
  assert.match(message, /^the chart is not in the hub's registry, or not granted\. Helm says: .*harbour:4\.0\.0/);
  assert.match((await history(site)).at(-1), /deployed$/);
  assert.deepEqual(await pods(site), before);
  await move(site, "2.0.0");
  await healthy(site, "2.0.0");
}

/** Somebody changes the release by hand: the hub says so, nothing is overwritten unless that is chosen. */
async function reportsDrift(site) {
  const { charts, cluster, helm, namespace } = site;
  const greeting = async () => (await cluster.find(namespace, "configmap", "harbour-settings")).data.greeting;
  const change = ["upgrade", "harbour", charts.get("2.0.0"), "--reuse-values", "--set", "greeting=mine", "--namespace", namespace];
  await run(helm, change, { env: cluster.environment });
  const { message } = await told(site, "error");
  assert.match(message, /release "harbour" was changed behind the agent's back: Helm's revision is \d+, the agent left \d+/);
  await move(site, "2.0.0");
  assert.match((await told(site, "error")).message, /was changed behind/);
  assert.equal(await greeting(), "mine");
  await move(site, "2.0.0", { ignoreRevisionSkew: true });
  await healthy(site, "2.0.0");
  assert.equal(await greeting(), "ahoy");
  await move(site, "2.0.0", { ignoreRevisionSkew: false, helmOptions: { ...HELM_OPTIONS, waitStrategy: "legacy" } });
  await healthy(site, "2.0.0");
}

/** Another value asks first, and then reaches the pods. */
async function redeploysWithNewSecret(site) {
  const { customer, secret } = site;
  const [before, value] = [await pods(site), "staple-of-another-horse"];
  const asked = await customer.refused(409, "PUT", `secrets/${secret.id}`, { value });
  assert.deepEqual(asked.affectedDeployments.map(({ applicationName }) => applicationName), ["Harbour"]);
  assert.equal((await credentials(site)).password, PASSWORD);
  const { affectedDeployments } = await customer.call("PUT", `secrets/${secret.id}?confirm=true`, { value });
  assert.equal(affectedDeployments.length, 1);
  await healthy(site, "2.0.0");
  assert.equal((await credentials(site)).password, value);
  assert.notDeepEqual(await pods(site), before);
}

/** The hub is away for a while and the agent is killed: the release is not touched, then or when both are back. */
async function survivesOutage(site) {
  const { hub, pod } = site;
  const before = [await history(site), await pods(site)];
  await pod.agent.kill();
  let back;
  await hub.pause(async () => {
    pod.start();
    await pause(OUTAGE);
    assert.ok(!pod.agent.ended, pod.agent.output);
    back = Date.now();
  });
  const heard = async () => {
    const { lastSeenAt } = await site.customer.call("GET", `deployment-targets/${site.target.id}`);
    return Date.parse(lastSeenAt) > back;
  };
  // It waits for up to a minute between two tries.
  await until("the agent asks again", heard, { limit: 90_000, tell: () => pod.agent.output });
  await healthy(site, "2.0.0");
  assert.deepEqual([await history(site), await pods(site)], before);
}

/** Undeploying leaves nothing but the agent. */
async function uninstalls(site) {
  const { cluster, customer, namespace, target } = site;
  const { id } = await customer.deployment(target.id);
  await customer.call("DELETE", `deployments/${id}`);
  assert.equal(await customer.deployment(target.id), undefined);
  const left = async (kind) => (await cluster.find(namespace, kind)).items.map(({ metadata }) => metadata.name).sort();
  const noPods = async () => (await left("pods")).every((name) => name.startsWith("grantry-agent-"));
  const gone = async () => (await left("secrets")).join() === "grantry-agent-auth" && (await noPods());
  await until("the release is gone", gone, { tell: () => site.pod.agent.output });
  assert.deepEqual(await left("deployments"), ["grantry-agent"]);
  assert.deepEqual(await left("configmaps"), ["grantry-agent-env", "kube-root-ca.crt"]);
  assert.ok(!site.pod.hasStrayFiles);
}

async function move({ customer, target, versions }, version, fields = {}) {
  const { id } = await customer.deployment(target.id);
  await customer.call("PUT", "deployments", {
    deploymentTargetId: target.id,
    deploymentId: id,
    applicationVersionId: versions[version],
    valuesYaml: base64(TEMPLATE),
    helmOptions: HELM_OPTIONS,
    ...fields,
  });
}

/** The token in the cluster is signed by this hub and has what was granted. */
async function assertLicense({ hub }, token) {
  const pem = await hub.api("GET", "/api/public/v1/license-keys/public-key");
  const [header, claims, signature] = token.split(".");
  assert.ok(verify(null, Buffer.from(`${header}.${claims}`), createPublicKey(pem.body), Buffer.from(signature, "base64url")));
  assert.match(Buffer.from(claims, "base64url").toString(), /"seats":5/);
}
