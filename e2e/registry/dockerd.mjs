// A Docker daemon of its own: nothing of it is left on the machine.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { attempt, collect, fail, run } from "../program.mjs";

const START_LIMIT = 60_000; // milliseconds

/** A running daemon, and the client that talks to it. */
export class Docker {
  #daemon;
  #output;
  #env;
  #isInSwarm = false;
  #hostNetwork;

  /** Starts a daemon that keeps everything below `folder`, which must have a short path. */
  static async start(folder) {
    const docker = new Docker();
    const at = (name) => join(folder, name);
    await mkdir(at("home"));
    const socket = `unix://${at("docker.sock")}`;
    docker.#hostNetwork = join(at("exec"), "netns", "default");
    docker.#env = { HOME: at("home"), DOCKER_HOST: socket, DOCKER_BUILDKIT: "0", DOCKER_CLI_EXPERIMENTAL: "enabled" };
    const places = ["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid"), "--host", socket];
    // Containers get no network, so that the machine's firewall and bridges stay as they are.
    const network = ["--bridge=none", "--iptables=false", "--insecure-registry=127.0.0.0/8"];
    docker.#daemon = spawn("dockerd", [...places, ...network], {
      env: { PATH: process.env.PATH, HOME: at("home") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, complaint] = [collect(docker.#daemon.stdout), collect(docker.#daemon.stderr)];
    docker.#output = () => out() + complaint();
    try {
      await docker.#ready();
    } catch (error) {
      await docker.stop();
      throw error;
    }
    return docker;
  }

  /** What other programs need to talk to the daemon. */
  get environment() {
    return this.#env;
  }

  /** Runs a command of the client that must succeed; gives what it printed. */
  async run(args, options) {
    return (await run("docker", args, { env: this.#env, ...options })).trim();
  }

  /** Runs a command of the client that must fail; gives what it printed. */
  fail(args, options) {
    return fail("docker", args, { env: this.#env, ...options });
  }

  /** Makes the daemon the only node of a swarm. There can be one such daemon on a machine at a time: ports and a bridge are fixed. */
  async startSwarm() {
    this.#isInSwarm = true;
    await this.run(["swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:0"]);
  }

  /** Ends the daemon and waits until it has let go of its folder. */
  async stop() {
    if (this.#daemon.exitCode !== null) return;
    if (this.#isInSwarm) {
      // The bridge that a swarm makes would stay on the machine. What does not work is not worth hiding the test's own failure.
      for (const args of [["swarm", "leave", "--force"], ["network", "rm", "docker_gwbridge"]]) {
        await attempt("docker", args, { env: this.#env });
      }
    }
    const closed = once(this.#daemon, "close");
    this.#daemon.kill();
    await closed;
    // A daemon that ran a container with the host's network leaves this mount behind, and with it a folder that can't be removed.
    if (existsSync(this.#hostNetwork)) await attempt("umount", [this.#hostNetwork]);
  }

  async #ready() {
    for (const start = Date.now(); Date.now() - start < START_LIMIT; await pause(100)) {
      assert.equal(this.#daemon.exitCode, null, `dockerd ended:\n${this.#output()}`);
      const { code } = await attempt("docker", ["version"], { env: this.#env });
      if (code === 0) return;
    }
    throw new Error(`dockerd was not ready in time:\n${this.#output()}`);
  }
}
