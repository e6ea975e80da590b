// A hub of its own for a test: a fresh data folder, a free port, stopped and removed at the end.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { collect } from "./program.mjs";

const START_LIMIT = 30_000; // milliseconds; a debug build on a busy machine needs a few seconds
const STOP_LIMIT = 15_000;

/** The program under test. */
export function binary() {
  const path = process.env.GRANTRY_BIN;
  assert.ok(path, "GRANTRY_BIN is not set: run these tests with `cargo xtask e2e`");
  return path;
}

/**
 * Runs a command of the program to its end.
 *
 * @returns {{code, stdout, stderr}} whatever the exit code
 */
export async function grantry(args, { input = "" } = {}) {
  const child = spawn(binary(), args, { env: environment(), stdio: ["pipe", "pipe", "pipe"] });
  const out = collect(child.stdout);
  const complaint = collect(child.stderr);
  child.stdin.on("error", () => {}); // a command that ends without reading says so by its exit code
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return { code, stdout: out(), stderr: complaint() };
}

/** A running hub. */
export class Hub {
  #program;
  #args;
  #env;
  #child;
  #output;

  /**
   * Starts a hub and waits until it is ready. `args` go to `grantry serve`; `env` has the settings that it takes from the
   * environment.
   */
  static async start(args = [], env = {}) {
    const hub = new Hub();
    hub.#program = binary();
    hub.dataDir = await mkdtemp(join(tmpdir(), "grantry-e2e-"));
    hub.port = await freePort();
    hub.url = `http://127.0.0.1:${hub.port}`;
    hub.#args = ["serve", "--listen", `127.0.0.1:${hub.port}`, "--public-url", hub.url, "--data-dir", hub.dataDir, ...args];
    hub.#env = { ...environment(), ...env };
    try {
      await hub.#run();
    } catch (error) {
      await hub.stop();
      throw error;
    }
    return hub;
  }

  /** The process of the hub. */
  get pid() {
    return this.#child.pid;
  }

  /** Ends the hub's process, by default as an operator would, and starts another one on the same data and address. */
  async restart(signal = "SIGTERM") {
    await this.#end(signal);
    await this.#run();
  }

  /** Ends the hub's process, does something without it, and starts it again on the same data and address. */
  async pause(meanwhile, signal = "SIGTERM") {
    await this.#end(signal);
    await meanwhile();
    await this.#run();
  }

  /** Everything that the hub has printed so far. */
  get output() {
    return this.#output();
  }

  /** The one-time link that a hub without an organization prints. */
  async setupLink() {
    for (let waited = 0; waited < 5_000; waited += 50) {
      const link = this.output.match(/https?:\/\/[^\s"'<>]*\/set-?up[^\s"'<>]*/);
      if (link) return link[0];
      await pause(50);
    }
    throw new Error(`the hub printed no set-up link:\n${this.output}`);
  }

  /** Sets up an organization on the command line. Gives {organizationId, userId, accessToken}. */
  async setUp({ name, slug, email, password }) {
    const args = ["setup", "--organization", name, "--slug", slug, "--email", email, "--password-stdin"];
    const result = await grantry([...args, "--data-dir", this.dataDir], { input: `${password}\n` });
    assert.equal(result.code, 0, result.stderr);
    return JSON.parse(result.stdout);
  }

  /**
   * Sends an API request, with an access token or with the bearer token of a session or link. Gives the response with its
   * body parsed, if that is JSON.
   */
  async api(method, path, { accessToken, bearer, body } = {}) {
    const headers = {};
    if (accessToken) headers.authorization = `AccessToken ${accessToken}`;
    if (bearer) headers.authorization = `Bearer ${bearer}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    const response = await fetch(this.url + path, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    const json = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  }

  /** Asks the hub to stop, waits until it has, and removes its data. */
  async stop() {
    await this.#end("SIGTERM");
    await rm(this.dataDir, { recursive: true, force: true });
    assert.notEqual(this.#child.signalCode, "SIGKILL", `the hub did not stop when asked to:\n${this.output}`);
  }

  async #run() {
    this.#child = spawn(this.#program, this.#args, { env: this.#env, stdio: ["ignore", "pipe", "pipe"] });
    const out = collect(this.#child.stdout);
    const complaint = collect(this.#child.stderr);
    this.#output = () => out() + complaint();
    await this.#ready();
  }

  async #end(signal) {
    if (!this.#running()) return;
    const closed = once(this.#child, "close");
    this.#child.kill(signal);
    const late = setTimeout(() => this.#child.kill("SIGKILL"), STOP_LIMIT);
    await closed;
    clearTimeout(late);
  }

  #running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async #ready() {
    for (const start = Date.now(); Date.now() - start < START_LIMIT; await pause(50)) {
      assert.ok(this.#running(), `the hub ended with ${this.#child.exitCode}:\n${this.output}`);
      const response = await fetch(`${this.url}/ready`).catch(() => undefined);
      if (response?.ok) return;
    }
    throw new Error(`the hub was not ready in time:\n${this.output}`);
  }
}

/** This process's environment without settings of a hub, which would reach the one under test. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GRANTRY_")));
}

/** A port of this machine that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
