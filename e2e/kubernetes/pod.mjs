// What a kubelet would make of the agent's Deployment, as far as a process has it without a container around it.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../program.mjs";
import { Agent } from "./agent.mjs";

const FASTER = { GRANTRY_INTERVAL: "1s" }; // than the five seconds that nobody has to wait for

/** A pod of the agent, in the cluster that its manifest was applied to. Its volumes stay as long as this does. */
export class AgentPod {
  #args;
  #probe;
  #settings;

  /**
   * Reads what the agent's Deployment says, and the objects that it names.
   *
   * @param folder for the pod's volumes
   * @param environment settings that are not the manifest's
   */
  static async of(cluster, namespace, folder, environment = {}) {
    const pod = new AgentPod();
    const { metadata, spec } = (await cluster.find(namespace, "deployment", "grantry-agent")).spec.template;
    const [container] = spec.containers;
    assert.ok(metadata.labels["app.kubernetes.io/name"]);
    pod.#args = container.args;
    pod.#probe = container.livenessProbe.exec.command;
    const settings = await variables(cluster, namespace, container.envFrom);
    const mounted = container.volumeMounts.map(({ mountPath }) => mountPath);
    assert.ok(mounted.includes(settings.GRANTRY_STATE_DIR) && container.securityContext.readOnlyRootFilesystem);
    for (const path of mounted) await mkdir(join(folder, path), { recursive: true });
    pod.#settings = {
      ...settings,
      GRANTRY_STATE_DIR: join(folder, settings.GRANTRY_STATE_DIR),
      GRANTRY_SERVICE_ACCOUNT_DIR: await cluster.serviceAccount(namespace, spec.serviceAccountName, join(folder, "account")),
      KUBERNETES_SERVICE_HOST: "127.0.0.1",
      KUBERNETES_SERVICE_PORT: String(cluster.port),
      TMPDIR: join(folder, "tmp"),
      // Nothing is mounted there, and nothing may be written.
      HOME: join(folder, "home"),
      ...FASTER,
      ...environment,
    };
    return pod;
  }

  /** Starts the container, the first time or again. */
  start() {
    this.agent = new Agent(this.#args, this.#settings);
  }

  /** Whether anything was written where the container has no volume. */
  get hasStrayFiles() {
    return existsSync(this.#settings.HOME);
  }

  /** All that is in the agent's volume. */
  async files() {
    const names = await readdir(this.#settings.GRANTRY_STATE_DIR, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
    return Promise.all(files.map((name) => readFile(name, "latin1")));
  }

  /** What the probe of the container ends with. */
  async health() {
    const [program, ...args] = this.#probe;
    assert.equal(program, "grantry-agent");
    return attempt(process.env.GRANTRY_AGENT_BIN, args, { env: this.#settings });
  }
}

/** The variables that a container takes from ConfigMaps and Secrets. */
async function variables(cluster, namespace, sources) {
  const all = {};
  for (const { configMapRef, secretRef } of sources) {
    const kind = configMapRef ? "configmap" : "secret";
    const { data } = await cluster.find(namespace, kind, (configMapRef ?? secretRef).name);
    for (const [name, value] of Object.entries(data)) all[name] = configMapRef ? value : atob(value);
  }
  return all;
}
