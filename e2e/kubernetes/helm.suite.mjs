// The agent keeps Helm releases in a real cluster as a hub says that says whatever it is to cope with. Run by
// `cargo xtask test kubernetes`; journey.suite.mjs has the real hub.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { World } from "./world.mjs";

const SECRET = "a-secret-that-nobody-should-see";

describe("helm", () => {
  let world;
  before(async () => (world = await World.start()));
  after(() => world?.stop());

  /** A test with a site of its own. */
  const at = (name, body, helm = "helm") =>
    test(name, async () => {
      const site = await world.site(helm);
      try {
        await body(site);
      } finally {
        await site.close();
      }
    });

  /** The same with each Helm, where they differ in what they do. */
  const atEach = (name, body) => {
    at(`${name} (Helm 3)`, body);
    at(`${name} (Helm 4)`, body, process.env.GRANTRY_HELM_4);
  };

  const next = (deployment, fields) => ({ ...deployment, revisionId: randomUUID(), ...fields });

  async function installed(site, fields) {
    const deployment = site.deployment(fields);
    site.want(deployment);
    if (!site.agent) site.start();
    await site.until(deployment, /^healthy: /);
    return deployment;
  }

  at("installs a chart, with credentials for its images", async (site) => {
    const values = { greeting: "ahoy", password: SECRET, imagePullSecrets: [{ name: "own" }] };
    const deployment = await installed(site, { values });
    assert.match(site.hub.of(deployment.revisionId).at(-1), /the workload is ready/);
    assert.ok(site.hub.of(deployment.revisionId).some((status) => status.startsWith("progressing: helm installs")));
    assert.deepEqual(await site.history(), ["1 deployed"]);
    const { data } = await site.find("configmap", "tide-settings");
    assert.deepEqual(data, { greeting: "ahoy", chart: "1.0.0" });
    assert.equal(atob((await site.find("secret", "tide-credentials")).data.password), SECRET);

    const web = await site.find("deployment", "tide-web");
    const names = web.spec.template.spec.imagePullSecrets.map(({ name }) => name);
    assert.deepEqual(names, ["own", "sh.distr.agent.v1.tide.pull"]);
    const pull = await site.find("secret", names[1]);
    assert.equal(pull.type, "kubernetes.io/dockerconfigjson");
    const auth = Buffer.from(`-:${site.hub.token}`).toString("base64");
    const configuration = JSON.parse(Buffer.from(pull.data[".dockerconfigjson"], "base64"));
    assert.deepEqual(configuration, { auths: { [site.hub.host]: { auth } } });

    for (const [name, content] of await site.files()) {
      assert.ok(!content.includes(SECRET) && !content.includes(auth), `${name} has a secret`);
    }
    assert.ok(!site.agent.output.includes(SECRET) && !site.agent.output.includes(site.hub.token));
  });

  at("upgrades, and restarts if told to", async (site) => {
    const first = await installed(site);
    const second = next(first, { chartVersion: "1.1.0", values: { greeting: "two" }, forceRestart: true });
    site.want(second);
    await site.until(second, /^healthy: /);
    assert.deepEqual(await site.history(), ["1 superseded", "2 deployed"]);
    const web = await site.find("deployment", "tide-web");
    assert.ok(web.spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]);

    const third = next(first, { values: {} });
    site.want(third);
    await site.until(third, /^healthy: /);
    const { data } = await site.find("configmap", "tide-settings");
    assert.equal(data.greeting, "hello", "values of an earlier revision are not kept");
  });

  atEach("goes back after a failed upgrade, and on from there", async (site) => {
    const first = await installed(site);
    const helmOptions = { timeout: "6s", waitStrategy: "watcher", rollbackOnFailure: true, cleanupOnFailure: true, forceConflicts: false };
    const second = next(first, { values: { image: "broken", password: SECRET }, helmOptions });
    site.want(second);
    const why = "not ready: deployments/tide-web .*ImagePullBackOff";
    await site.until(second, new RegExp(`^progressing: helm upgrades .*; ${why}`));
    await site.until(second, new RegExp(`^error: ${why}.* Helm says: `, "s"));
    assert.deepEqual(await site.history(), ["1 superseded", "2 failed", "3 deployed"]);
    const web = await site.find("deployment", "tide-web");
    assert.equal(web.spec.template.spec.containers[0].image, "tide");
    assert.ok(!site.hub.of(second.revisionId).join().includes(SECRET));

    const third = next(first, { values: { image: "better" } });
    site.want(third);
    await site.until(third, /^healthy: /);
    assert.equal((await site.history()).at(-1), "4 deployed");
  });

  at("leaves nothing of an installation that failed, and tries again", async (site) => {
    const helmOptions = { timeout: "3s", waitStrategy: "watcher", rollbackOnFailure: true, cleanupOnFailure: true, forceConflicts: false };
    const first = site.deployment({ values: { image: "broken" }, helmOptions });
    site.want(first);
    site.start();
    await site.until(first, /^error: /);
    await site.wait(async () => (await site.history()).length === 0);
    const absent = next(first, { chartVersion: "9.9.9" });
    site.want(absent);
    await site.until(absent, /^error: .*9\.9\.9/);
    const second = next(first, { values: {} });
    site.want(second);
    await site.until(second, /^healthy: /);
    assert.equal((await site.history()).at(-1), "1 deployed");
  });

  atEach("waits for hooks only where told so, and goes back all the same", async (site) => {
    const first = await installed(site);
    const helmOptions = { timeout: "20s", waitStrategy: "hookOnly", rollbackOnFailure: true, cleanupOnFailure: true, forceConflicts: false };
    const second = next(first, { values: { image: "broken" }, helmOptions });
    site.want(second);
    await site.until(second, /^progressing: not ready: deployments\/tide-web .*ImagePullBackOff/);
    assert.equal((await site.history()).at(-1), "2 deployed");
    const refused = next(first, { values: { replicas: -1 }, helmOptions });
    site.want(refused);
    await site.until(refused, /^error: .*replicas/);
    assert.deepEqual((await site.history()).slice(2), ["3 failed", "4 deployed"]);
  });

  at("does nothing when it is started again, killed, or the hub is away", async (site) => {
    const deployment = await installed(site);
    const uid = (await site.list("pods", "-l", "app=tide-web"))[0].metadata.uid;
    const unchanged = async () => {
      site.hub.statuses.length = 0;
      await site.until(deployment, /^healthy: /);
      await site.settle();
      assert.deepEqual(await site.history(), ["1 deployed"]);
      assert.equal((await site.list("pods", "-l", "app=tide-web"))[0].metadata.uid, uid);
    };
    await site.agent.stop();
    site.start();
    await unchanged();
    await site.agent.kill();
    site.start();
    await unchanged();
    await site.hub.close();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    assert.ok(!site.agent.ended);
    await site.hub.open();
    await unchanged();
  });

  at("knows its releases again when its disk is lost", async (site) => {
    const deployment = await installed(site);
    await site.agent.kill();
    site.loseDisk();
    site.hub.statuses.length = 0;
    site.start();
    await site.until(deployment, /^healthy: /);
    assert.deepEqual(await site.history(), ["1 deployed"]);
    await site.agent.kill();
    site.loseDisk();
    site.want();
    site.start();
    await site.wait(async () => (await site.history()).length === 0, () => "the release is removed");
  });

  at("does not take another target's releases for its own", async (site) => {
    const deployment = await installed(site);
    await site.agent.kill();
    site.loseDisk();
    site.target = randomUUID();
    site.want();
    site.start();
    await site.settle();
    assert.deepEqual(await site.history(), ["1 deployed"]);
    const other = { ...deployment, id: randomUUID(), revisionId: randomUUID() };
    site.want(other);
    await site.until(other, /^error: a release "tide" is there already/);
  });

  atEach("puts right what it left when it was killed in the midst of an upgrade", async (site) => {
    const first = await installed(site);
    const second = next(first, { values: { image: "broken" } });
    site.want(second);
    await site.wait(async () => (await site.history()).at(-1) === "2 pending-upgrade", () => "an upgrade begins");
    await site.agent.kill();
    assert.equal((await site.history()).at(-1), "2 pending-upgrade");
    const third = next(first, { values: { image: "better" } });
    site.want(third);
    site.start();
    await site.until(third, /^healthy: /);
    assert.equal((await site.history()).at(-1), "4 deployed");
  });

  atEach("puts right what it left when it was killed in the midst of an installation", async (site) => {
    const first = site.deployment({ values: { image: "broken" } });
    site.want(first);
    site.start();
    await site.wait(async () => (await site.history()).at(-1) === "1 pending-install", () => "an installation begins");
    await site.agent.kill();
    const second = next(first, { values: {} });
    site.want(second);
    site.start();
    await site.until(second, /^healthy: /);
    assert.deepEqual(await site.history(), ["1 deployed"]);
  });

  at("leaves a release alone that it did not install", async (site) => {
    await site.helm("install", "tide", `${world.folder}/harbour-1.0.0.tgz`, "--set", "greeting=mine");
    const deployment = site.deployment({ ignoreRevisionSkew: true });
    site.want(deployment);
    site.start();
    await site.until(deployment, /^error: a release "tide" is there already, and this deployment did not install it/);
    site.want();
    await site.settle();
    assert.deepEqual(await site.history(), ["1 deployed"]);
    assert.equal((await site.find("configmap", "tide-settings")).data.greeting, "mine");
  });

  at("tells what is missing, and what was changed behind its back", async (site) => {
    const first = await installed(site);
    await site.cluster.kubectl("delete", "-n", site.namespace, "deployment/tide-web");
    await site.until(first, /^error: not there any more: deployments\/tide-web/);
    const second = next(first, { values: { greeting: "two" } });
    site.want(second);
    await site.until(second, /^healthy: /);

    await site.helm("upgrade", "tide", `${world.folder}/harbour-1.1.0.tgz`, "--set", "greeting=mine");
    await site.until(second, /^error: release "tide" was changed behind the agent's back: Helm's revision is 3, the agent left 2/);
    const third = next(first, { values: { greeting: "three" } });
    site.want(third);
    await site.until(third, /^error: release "tide" was changed/);
    assert.equal((await site.find("configmap", "tide-settings")).data.greeting, "mine");
    // Its pods may pull their images all the same.
    site.want(second);
    await site.agent.stop();
    site.start();
    await site.until(second, /^error: release "tide" was changed/);
    await site.wait(async () => (await site.pullToken()) === site.hub.token, () => "the new token is in the cluster");
    site.want(third);
    await site.until(third, /^error: release "tide" was changed/);

    const fourth = next(third, { ignoreRevisionSkew: true });
    site.want(fourth);
    await site.until(fourth, /^healthy: /);
    assert.equal((await site.find("configmap", "tide-settings")).data.greeting, "three");
    await site.helm("uninstall", "tide");
    await site.until(fourth, /^error: the release "tide" is not there any more/);
  });

  at("removes a release and keeps its volumes unless told otherwise", async (site) => {
    const kept = await installed(site, { values: { store: true } });
    const gone = site.deployment({ releaseName: "ebb", values: { store: true }, keepVolumes: false });
    site.want(kept, gone);
    await site.until(gone, /^healthy: /);
    const claims = async () => (await site.list("pvc")).map(({ metadata }) => metadata.name).sort();
    assert.deepEqual(await claims(), ["data-ebb-store-0", "data-tide-store-0"]);
    site.want();
    await site.wait(async () => (await site.history()).length + (await site.history("ebb")).length === 0);
    await site.wait(async () => (await claims()).join() === "data-tide-store-0", () => "only the kept volume is left");
    const secrets = async () => (await site.list("secrets")).map(({ metadata }) => metadata.name);
    await site.wait(async () => !(await secrets()).some((name) => name.startsWith("sh.")), () => "no record is left");
  });

  at("delivers what pods print", async (site) => {
    const { id, revisionId } = await installed(site);
    await site.wait(() => site.hub.logs.length >= 3, () => JSON.stringify(site.hub.logs));
    const pod = (await site.list("pods", "-l", "app=tide-web"))[0].metadata.name;
    const [first, ...rest] = site.hub.logs;
    assert.equal(first.body, `web of ${pod} in ${site.namespace} started`);
    assert.ok(rest.every(({ body }) => body === "tick"));
    for (const record of site.hub.logs) {
      assert.deepEqual([record.deploymentId, record.deploymentRevisionId], [id, revisionId]);
      assert.deepEqual([record.resource, record.severity], ["deployments/tide-web", "Log"]);
    }
  });

  at("works from outside of the cluster, and tells how busy that is", async (site) => {
    site.hub.metricsEnabled = true;
    site.startOutside({ GRANTRY_KUBECTL: `${process.env.GRANTRY_KUBERNETES}/kubectl` });
    const deployment = await installed(site);
    await site.wait(() => site.agent.output.includes("there are no metrics"));
    await site.agent.stop();
    await addMetrics(site.cluster);
    site.startOutside({ GRANTRY_KUBECTL: `${process.env.GRANTRY_KUBERNETES}/kubectl` });
    await site.wait(() => site.hub.metrics.length > 0, () => "metrics arrive");
    const expected = { cpuCoresMillis: 4_000, cpuUsage: 0.25, memoryBytes: 8 * 2 ** 30, memoryUsage: 0.5 };
    assert.deepEqual(site.hub.metrics[0], expected);
    const second = next(deployment, { chartVersion: "1.1.0" });
    site.want(second);
    await site.until(second, /^healthy: /);
  });
});

/** A metrics server would serve these objects; the cluster keeps them as well. */
async function addMetrics(cluster) {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const names = { plural: "nodes", singular: "node", kind: "NodeMetrics" };
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "nodes.metrics.k8s.io", annotations: { "api-approved.kubernetes.io": "unapproved, for a test" } },
    spec: { group: "metrics.k8s.io", names, scope: "Cluster", versions: [{ name: "v1beta1", served: true, storage: true, schema }] },
  };
  await cluster.kubectlWith(JSON.stringify(definition), "apply", "-f", "-");
  await cluster.kubectl("wait", "--for=condition=Established", "crd/nodes.metrics.k8s.io");
  const usage = { cpu: "1", memory: "4Gi" };
  const metrics = { apiVersion: "metrics.k8s.io/v1beta1", kind: "NodeMetrics", metadata: { name: "pier" }, usage };
  await cluster.kubectlWith(JSON.stringify(metrics), "create", "-f", "-");
}
