// A customer's machine: a Docker daemon of its own, and the agent that the portal's command starts there.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "../deploy/agent.mjs";
import { run } from "../program.mjs";
import { Docker } from "../registry/dockerd.mjs";

/** The machine. */
export class Machine {
  /** Starts it, with nothing on it. */
  static async start() {
    const machine = new Machine();
    machine.folder = await mkdtemp(join(tmpdir(), "gr-")); // short: sockets below it have at most 107 characters
    try {
      machine.docker = await Docker.start(machine.folder);
      await machine.#plugIn();
    } catch (error) {
      await machine.stop();
      throw error;
    }
    return machine;
  }

  /** `docker compose`, as the command says it: the tests have Compose as a program of its own. */
  async #plugIn() {
    const plugins = join(this.docker.environment.HOME, ".docker/cli-plugins");
    await mkdir(plugins, { recursive: true });
    await symlink((await run("sh", ["-c", "command -v docker-compose"])).trim(), join(plugins, "docker-compose"));
  }

  /**
   * Runs the portal's command up to the point where Compose would start the agent's container, whose image is not to be had here,
   * and starts the agent as that container would.
   */
  async connect(command, hub) {
    const start = / up -d$/;
    assert.match(command, start);
    const read = command.replace(start, " config --format json");
    const { services } = JSON.parse(await run("sh", ["-c", read], { env: this.docker.environment }));
    const { GRANTRY_URL, GRANTRY_TARGET_ID: targetId, GRANTRY_TARGET_SECRET: targetSecret } = services.agent.environment;
    assert.equal(GRANTRY_URL, hub.url);
    const options = { state: join(this.folder, "agent"), env: { ...this.docker.environment, GRANTRY_INTERVAL: "300ms" } };
    this.agent = Agent.start(services.agent.command.join(" "), hub, { targetId, targetSecret }, options);
  }

  /** The labels and states of what runs, one a line. */
  containers() {
    return this.docker.run(["ps", "--all", "--format", "{{.Image}} {{.State}}"]);
  }

  /** Ends all of it. */
  async stop() {
    await this.agent?.stop();
    await this.docker?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
