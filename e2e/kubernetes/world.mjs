// A cluster, a hub and the agents between them.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Agent } from "./agent.mjs";
import { pack } from "./chart.mjs";
import { Cluster } from "./cluster.mjs";
import { FakeHub } from "./hub.mjs";
import { Kubelet } from "./kubelet.mjs";

const LIMIT = 90_000; // milliseconds

const DEPLOY = fileURLToPath(new URL("../../deploy/agent/kubernetes.yaml", import.meta.url));

/** All that the tests share: the cluster is started once. */
export class World {
  #sites = 0;
  #charts;

  static async start() {
    const world = new World();
    world.folder = await mkdtemp(join(tmpdir(), "gk-"));
    world.cluster = await Cluster.start(world.folder);
    world.kubelet = await Kubelet.start(world.cluster, world.folder);
    return world;
  }

  async stop() {
    await this.kubelet?.stop();
    await this.cluster?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A namespace with an account for the agent, made by the file that customers apply, and a hub. The agent runs this Helm. */
  async site(helm) {
    this.#sites += 1;
    const site = new Site();
    site.cluster = this.cluster;
    site.program = helm;
    site.namespace = `site-${this.#sites}`;
    site.folder = join(this.folder, site.namespace);
    site.target = randomUUID();
    site.hub = await FakeHub.start();
    site.hub.namespace = site.namespace;
    site.hub.charts = await (this.#charts ??= this.#pack("1.0.0", "1.1.0"));
    await this.cluster.kubectl("create", "namespace", site.namespace);
    await this.cluster.kubectl("apply", "-n", site.namespace, "-f", DEPLOY);
    // What the file installs is not what is tested: it would run an image that is nowhere.
    await this.cluster.kubectl("delete", "-n", site.namespace, "deployment/grantry-agent");
    await this.cluster.serviceAccount(site.namespace, "grantry-agent", join(site.folder, "account"));
    return site;
  }

  async #pack(...versions) {
    const packed = versions.map(async (version) => [`harbour-${version}`, await readFile(await pack(this.folder, version))]);
    return new Map(await Promise.all(packed));
  }
}

/** One customer's place: a namespace, a hub, and an agent that comes and goes. */
export class Site {
  #disks = 0;

  /** Starts the agent as a pod of the cluster would be: with the service account's token and the API's address. */
  start(environment = {}) {
    const pod = {
      GRANTRY_SERVICE_ACCOUNT_DIR: join(this.folder, "account"),
      KUBERNETES_SERVICE_HOST: "127.0.0.1",
      KUBERNETES_SERVICE_PORT: String(this.cluster.port),
    };
    return this.#start({ ...pod, ...environment });
  }

  /** Starts the agent as a program outside of the cluster, with a kubeconfig. */
  startOutside(environment = {}) {
    return this.#start({ KUBECONFIG: this.cluster.kubeconfig, ...environment });
  }

  #start(environment) {
    const { host, secret } = this.hub;
    const settings = {
      HOME: this.state,
      GRANTRY_URL: `http://${host}`,
      GRANTRY_TARGET_ID: this.target,
      GRANTRY_TARGET_SECRET: secret,
      GRANTRY_REGISTRY_HOST: host,
      GRANTRY_REGISTRY_PLAIN_HTTP: "true",
      GRANTRY_STATE_DIR: this.state,
      GRANTRY_HELM: this.program,
      GRANTRY_INTERVAL: "300ms",
    };
    this.agent = new Agent(["helm"], { ...settings, ...environment });
    return this.agent;
  }

  get state() {
    return join(this.folder, `state-${this.#disks}`);
  }

  /** The next agent finds an empty disk. */
  loseDisk() {
    this.#disks += 1;
  }

  async close() {
    await this.agent?.kill();
    await this.hub.close();
  }

  /** What the hub wants: a release, unless something else is said. */
  deployment(fields = {}) {
    return {
      id: randomUUID(),
      revisionId: randomUUID(),
      registryAuth: null,
      forceRestart: false,
      releaseName: "tide",
      chartUrl: `http://${this.hub.host}/repository/`,
      chartName: "harbour",
      chartVersion: "1.0.0",
      values: {},
      ignoreRevisionSkew: false,
      ...fields,
    };
  }

  /** Makes the hub want exactly these deployments. */
  want(...deployments) {
    this.hub.deployments = deployments;
  }

  /** Waits until the hub was told this about a revision, at last. */
  async until({ revisionId }, expected) {
    await this.wait(() => expected.test(this.hub.of(revisionId).at(-1) ?? ""), () =>
      `${expected} of ${JSON.stringify(this.hub.of(revisionId).slice(-6), null, 1)}`,
    );
  }

  /** Waits until something is so. */
  async wait(condition, what = () => condition.toString()) {
    for (const start = Date.now(); Date.now() - start < LIMIT; await pause(100)) {
      if (await condition()) return;
      if (this.agent?.ended) break;
    }
    assert.fail(`never: ${what()}\n${this.agent?.output.slice(-6000)}`);
  }

  /** Waits until the agent has asked the hub and looked at everything anew, a few times. */
  async settle() {
    const before = this.hub.polls;
    await this.wait(() => this.hub.polls >= before + 8);
  }

  find(...what) {
    return this.cluster.find(this.namespace, ...what);
  }

  /** Objects of a kind. */
  async list(...what) {
    return (await this.find(...what))?.items ?? [];
  }

  /** Helm's revisions of a release, as `number status`. */
  async history(release = "tide") {
    const secrets = await this.list("secrets", "-l", `owner=helm,name=${release}`);
    const labels = secrets.map(({ metadata }) => metadata.labels);
    return labels.sort((a, b) => a.version - b.version).map(({ version, status }) => `${version} ${status}`);
  }

  /** The token by which the pods of a release pull from the hub's registry. */
  async pullToken(release = "tide") {
    const { data } = await this.find("secret", `sh.distr.agent.v1.${release}.pull`);
    const { auth } = JSON.parse(atob(data[".dockerconfigjson"])).auths[this.hub.host];
    return atob(auth).split(":")[1];
  }

  helm(...args) {
    return this.cluster.helm(...args, "--namespace", this.namespace);
  }

  /** The names of all files that the agent has, with their content. */
  async files() {
    const names = await readdir(this.state, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
    return new Map(await Promise.all(files.map(async (name) => [name, await readFile(name, "latin1")])));
  }
}
