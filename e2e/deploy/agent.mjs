// The agent's program, connected to a deployment target.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { collect } from "../program.mjs";

const STOP_LIMIT = 20_000; // milliseconds

/** A running agent. */
export class Agent {
  #args;
  #env;
  #child;
  #output = () => "";

  /**
   * Starts an agent.
   *
   * @param connection what the hub answered to a request for access
   * @param state the folder that it keeps its state in
   */
  static start(mode, hub, connection, { state, env = {}, args = [] }) {
    const agent = new Agent();
    agent.#args = [mode, ...args];
    agent.#env = {
      PATH: process.env.PATH,
      GRANTRY_URL: hub.url,
      GRANTRY_TARGET_ID: connection.targetId,
      GRANTRY_TARGET_SECRET: connection.targetSecret,
      GRANTRY_STATE_DIR: state,
      GRANTRY_INTERVAL: "1s",
      ...env,
    };
    agent.run();
    return agent;
  }

  /** Starts the process, the first time or again. */
  run() {
    const path = process.env.GRANTRY_AGENT_BIN;
    assert.ok(path, "GRANTRY_AGENT_BIN is not set: run these tests with `cargo xtask e2e`");
    this.#child = spawn(path, this.#args, { env: this.#env, stdio: ["ignore", "pipe", "pipe"] });
    const [before, out, complaint] = [this.#output(), collect(this.#child.stdout), collect(this.#child.stderr)];
    this.#output = () => before + out() + complaint();
  }

  /** Everything that the agent has printed so far. */
  get output() {
    return this.#output();
  }

  /** The process. */
  get pid() {
    return this.#child.pid;
  }

  /** Whether the process runs. */
  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the process, by default as an operator would. */
  async stop(signal = "SIGTERM") {
    if (!this.isRunning) return;
    const closed = once(this.#child, "close");
    this.#child.kill(signal);
    const late = setTimeout(() => this.#child.kill("SIGKILL"), STOP_LIMIT);
    await closed;
    clearTimeout(late);
    if (signal !== "SIGKILL") assert.notEqual(this.#child.signalCode, "SIGKILL", `the agent did not stop:\n${this.output}`);
  }
}
