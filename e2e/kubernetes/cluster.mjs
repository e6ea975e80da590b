// A Kubernetes cluster of its own: etcd, API server and controller manager, on the loopback address. It has one node, whose kubelet is
// kubelet.mjs: nothing runs.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../hub.mjs";
import { attempt, collect, run } from "../program.mjs";

const START_LIMIT = 120_000; // milliseconds
const TOKEN = "the-administrator-of-a-cluster-for-tests";

const CONTROLLERS = [
  "deployment-controller",
  "replicaset-controller",
  "statefulset-controller",
  "job-controller",
  "garbage-collector-controller",
  "namespace-controller",
  "root-ca-certificate-publisher-controller",
];

/** A running cluster with an administrator. */
export class Cluster {
  #folder;
  #children = [];

  /** Starts a cluster that keeps everything below `folder`. */
  static async start(folder) {
    const cluster = new Cluster();
    cluster.#folder = folder;
    try {
      await cluster.#start();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The kubeconfig of the administrator. */
  get kubeconfig() {
    return join(this.#folder, "kubeconfig");
  }

  /** The certificate that the API server is known by. */
  get certificate() {
    return join(this.#folder, "certificates/apiserver.crt");
  }

  /** Runs kubectl as the administrator; gives what it printed. */
  kubectl(...args) {
    return run(program("kubectl"), args, { env: this.environment });
  }

  /** Hands a text to kubectl: an object to be applied, for example. */
  kubectlWith(input, ...args) {
    return run(program("kubectl"), args, { env: this.environment, input });
  }

  /** Runs the helm on the `PATH` as the administrator, as a person would. */
  async helm(...args) {
    return run("helm", args, { env: this.environment });
  }

  /** An object as JSON; undefined if it is not there. */
  async find(namespace, ...what) {
    const text = await this.kubectl("get", "-n", namespace, ...what, "-o", "json", "--ignore-not-found");
    return text ? JSON.parse(text) : undefined;
  }

  get environment() {
    return { HOME: this.#folder, KUBECONFIG: this.kubeconfig };
  }

  /** Asks the API as the administrator. */
  api(method, path, body, type = "application/json") {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${TOKEN}`, "content-type": type };
      const asked = request({ host: "127.0.0.1", port: this.port, method, path, headers, ca: this.ca, agent: false }, (response) => {
        const text = collect(response);
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode, body: parse(text()) }));
      });
      asked.on("error", reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Gives an account's way into the cluster as a pod finds it: a folder with token, ca.crt and namespace. */
  async serviceAccount(namespace, name, folder) {
    await mkdir(folder, { recursive: true });
    const token = await this.kubectl("create", "token", "-n", namespace, name, "--duration=1h");
    await writeFile(join(folder, "token"), token);
    await writeFile(join(folder, "ca.crt"), this.ca);
    await writeFile(join(folder, "namespace"), namespace);
    return folder;
  }

  /** Ends the cluster. */
  async stop() {
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    }
  }

  async #start() {
    const at = (name) => join(this.#folder, name);
    const [client, peer, api, controllers] = [await freePort(), await freePort(), await freePort(), await freePort()];
    this.port = api;
    await run("openssl", ["genrsa", "-out", at("accounts.key"), "2048"]);
    await writeFile(at("tokens.csv"), `${TOKEN},administrator,1,system:masters\n`);
    const etcd = `http://127.0.0.1:${client}`;
    const ring = `http://127.0.0.1:${peer}`;
    const keep = ["--data-dir", at("etcd"), "--unsafe-no-fsync", "--log-level=error"];
    const listen = ["--listen-client-urls", etcd, "--advertise-client-urls", etcd, "--listen-peer-urls", ring];
    const alone = ["--initial-advertise-peer-urls", ring, "--initial-cluster", `default=${ring}`];
    this.#spawn("etcd", [...keep, ...listen, ...alone]);
    const server = this.#spawn("kube-apiserver", [
      `--etcd-servers=${etcd}`,
      `--secure-port=${api}`,
      "--bind-address=127.0.0.1",
      `--cert-dir=${at("certificates")}`,
      `--token-auth-file=${at("tokens.csv")}`,
      "--authorization-mode=RBAC",
      "--service-cluster-ip-range=10.96.0.0/24",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-signing-key-file=${at("accounts.key")}`,
      `--service-account-key-file=${at("accounts.key")}`,
      "--disable-admission-plugins=ServiceAccount",
      "--kubelet-preferred-address-types=InternalIP",
    ]);
    await this.#ready(server);
    const manager = ["--controllers", CONTROLLERS.join(","), `--kubeconfig=${this.kubeconfig}`, "--leader-elect=false"];
    this.#spawn("kube-controller-manager", [...manager, `--secure-port=${controllers}`, "--bind-address=127.0.0.1"]);
  }

  async #ready(server) {
    for (const start = Date.now(); Date.now() - start < START_LIMIT; await pause(200)) {
      assert.equal(server.exitCode, null, `kube-apiserver ended:\n${server.output().slice(-4000)}`);
      this.ca ??= await readFile(this.certificate, "utf8").catch(() => undefined);
      if (!this.ca) continue;
      const { status } = await this.api("GET", "/readyz").catch(() => ({}));
      if (status === 200) return this.#writeKubeconfig();
    }
    throw new Error(`the API server was not ready in time:\n${server.output().slice(-4000)}`);
  }

  async #writeKubeconfig() {
    const cluster = { server: `https://127.0.0.1:${this.port}`, "certificate-authority": this.certificate };
    const configuration = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      clusters: [{ name: "test", cluster }],
      users: [{ name: "test", user: { token: TOKEN } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    };
    await writeFile(this.kubeconfig, JSON.stringify(configuration));
    assert.equal((await attempt(program("kubectl"), ["version"], { env: this.environment })).code, 0);
  }

  #spawn(name, args) {
    const child = spawn(program(name), args, { env: { HOME: this.#folder }, stdio: ["ignore", "pipe", "pipe"] });
    const [out, complaint] = [collect(child.stdout), collect(child.stderr)];
    child.output = () => out() + complaint();
    this.#children.push(child);
    return child;
  }
}

/** A program of `cargo xtask test kubernetes`. */
export function program(name) {
  return join(process.env.GRANTRY_KUBERNETES, name);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
