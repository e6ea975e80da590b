// In the place of a kubelet: says that pods run, and gives logs for them. What it says is made up; what the cluster makes of it is not.
// An image of a registry on this machine is asked for with the credentials of the pod, as a kubelet would pull it.

import { createServer } from "node:https";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { attempt, run } from "../program.mjs";

const NODE = "pier";
const IMAGE_THAT_IS_NOT_THERE = /broken/;
const IMAGE_OF_A_REGISTRY = /^127\.0\.0\.1:/;
const DOCKER_CONFIGURATION = ".dockerconfigjson";

/** A node that every pod gets to. */
export class Kubelet {
  #cluster;
  #folder;
  #server;
  #stopped = false;
  #working;

  /** Adds a node to a cluster. */
  static async start(cluster, folder) {
    const kubelet = new Kubelet();
    kubelet.#cluster = cluster;
    kubelet.#folder = folder;
    const [key, cert] = [join(folder, "kubelet.key"), join(folder, "kubelet.crt")];
    const subject = ["-subj", "/CN=pier", "-days", "2", "-keyout", key, "-out", cert];
    await run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject]);
    kubelet.#server = createServer({ key: await readFile(key), cert: await readFile(cert) }, answer);
    await new Promise((resolve) => kubelet.#server.listen(0, "127.0.0.1", resolve));
    await kubelet.#addNode(kubelet.#server.address().port);
    kubelet.#working = kubelet.#work();
    return kubelet;
  }

  /** Ends it; the node stays. */
  async stop() {
    this.#stopped = true;
    await this.#working;
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #addNode(Port) {
    const name = NODE;
    await this.#cluster.api("POST", "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name } });
    const status = {
      capacity: { cpu: "4", memory: "8Gi", pods: "100" },
      allocatable: { cpu: "4", memory: "8Gi", pods: "100" },
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port } },
      conditions: [{ type: "Ready", status: "True" }],
    };
    await this.#merge(`/api/v1/nodes/${NODE}/status`, { status });
  }

  async #work() {
    while (!this.#stopped) {
      const { body } = await this.#cluster.api("GET", "/api/v1/pods").catch(() => ({}));
      for (const pod of body?.items ?? []) await this.#attend(pod).catch(() => {}); // it may be gone by now
      await pause(200);
    }
  }

  async #attend(pod) {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
    if (pod.metadata.deletionTimestamp) {
      await this.#cluster.api("DELETE", path, { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 });
    } else if (!pod.spec.nodeName) {
      const target = { apiVersion: "v1", kind: "Node", name: NODE };
      const binding = { apiVersion: "v1", kind: "Binding", metadata: { name: pod.metadata.name }, target };
      await this.#cluster.api("POST", `${path}/binding`, binding);
    } else if (pod.status.phase === "Pending" && !pod.status.containerStatuses) {
      await this.#merge(`${path}/status`, { status: statusOf(pod, await this.#trouble(pod)) });
    }
  }

  /** Why an image of a pod can't be had; undefined if all can. */
  async #trouble({ metadata, spec }) {
    const images = spec.containers.map(({ image }) => image);
    if (images.some((image) => IMAGE_THAT_IS_NOT_THERE.test(image))) return "Back-off pulling image";
    const remote = images.filter((image) => IMAGE_OF_A_REGISTRY.test(image));
    if (!remote.length) return undefined;
    const folder = await mkdtemp(join(this.#folder, "pull-"));
    const auths = await this.#credentials(metadata.namespace, spec.imagePullSecrets ?? []);
    await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
    const env = { HOME: folder, DOCKER_CONFIG: folder };
    const results = await Promise.all(remote.map((image) => attempt("crane", ["digest", image], { env })));
    await rm(folder, { recursive: true });
    const failed = results.find(({ code }) => code !== 0);
    return failed && `Back-off pulling image: ${failed.stderr.trim().split("\n").at(-1)}`;
  }

  async #credentials(namespace, references) {
    const read = ({ name }) => this.#cluster.api("GET", `/api/v1/namespaces/${namespace}/secrets/${name}`);
    const found = await Promise.all(references.map(read));
    const configurations = found.map(({ body }) => body.data?.[DOCKER_CONFIGURATION]).filter(Boolean);
    return Object.assign({}, ...configurations.map((encoded) => JSON.parse(atob(encoded)).auths));
  }

  #merge(path, change) {
    return this.#cluster.api("PATCH", path, change, "application/merge-patch+json");
  }
}

function statusOf(pod, trouble) {
  const broken = trouble !== undefined;
  const now = new Date().toISOString().replace(/\.\d+Z/, "Z");
  const waiting = { reason: "ImagePullBackOff", message: trouble };
  const containerStatuses = pod.spec.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: "",
    ready: !broken,
    restartCount: 0,
    state: broken ? { waiting } : { running: { startedAt: now } },
  }));
  const status = broken ? "False" : "True";
  const conditions = ["Ready", "ContainersReady", "Initialized", "PodScheduled"];
  return {
    phase: broken ? "Pending" : "Running",
    startTime: now,
    podIP: "127.0.0.1",
    podIPs: [{ ip: "127.0.0.1" }],
    containerStatuses,
    conditions: conditions.map((type) => ({ type, status, lastTransitionTime: now })),
  };
}

// Two lines a container: one that it printed at its start, and the time of day.
function answer(request, response) {
  const url = new URL(request.url, "https://localhost");
  const [, what, namespace, pod, container] = url.pathname.split("/");
  if (what !== "containerLogs") return response.writeHead(404).end();
  const now = new Date().toISOString();
  response.writeHead(200, { "content-type": "text/plain" });
  const since = url.searchParams.get("sinceTime");
  if (!since) response.write(`${new Date(Date.now() - 1000).toISOString()} ${container} of ${pod} in ${namespace} started\n`);
  response.end(`${now} tick\n`);
}
