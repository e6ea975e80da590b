// The agent's program, as a test starts and kills it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { collect } from "../program.mjs";

/** A running agent. */
export class Agent {
  #child;
  #output;

  /** Starts an agent with these arguments, and with these settings in its environment. */
  constructor(args, settings) {
    const env = { PATH: process.env.PATH, GRANTRY_LOG: "grantry_agent=debug", ...settings };
    this.#child = spawn(process.env.GRANTRY_AGENT_BIN, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const [out, complaint] = [collect(this.#child.stdout), collect(this.#child.stderr)];
    this.#output = () => out() + complaint();
  }

  get output() {
    return this.#output();
  }

  get ended() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Asks it to end, and waits until it has. */
  async stop() {
    if (this.ended) return;
    const closed = once(this.#child, "close");
    this.#child.kill("SIGTERM");
    await closed;
  }

  /** Ends it, and whatever it runs, at once: as a pod ends that is taken away. */
  async kill() {
    for (const id of await descendants(this.#child.pid)) {
      try {
        process.kill(id, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    if (!this.ended) await once(this.#child, "close");
  }
}

/** A process and all that descend from it. */
async function descendants(pid) {
  const found = [pid];
  for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${id}/stat`, "utf8").catch(() => "");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (parent === pid) found.push(...(await descendants(Number(id))));
  }
  return found;
}
