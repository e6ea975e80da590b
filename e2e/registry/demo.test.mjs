// The demo: the first pull works as the hub prints it.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Hub } from "../hub.mjs";
import { Docker } from "./dockerd.mjs";

test("the demo's first pull works as printed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gr-"));
  const hub = await Hub.start(["--demo"]);
  try {
    const docker = await Docker.start(folder);
    try {
      const commands = printed(hub.output);
      assert.equal(commands.length, 3, hub.output);
      const [login, pull, run] = commands;
      const [, token, loginArgs] = login.match(/^echo (\S+) \| docker (.*)$/);
      await docker.run(loginArgs.split(" "), { input: token });
      await docker.run(pull.split(" ").slice(1));
      const image = run.split(" ").at(-1);
      // As printed, but for the network, which the daemon of the tests has not.
      assert.match(await docker.run(["run", "--rm", "--network=none", image]), /^Fleet Manager 2\.0\.1 by Northwind Robotics/);
      const host = image.split("/")[0];
      await docker.fail(["pull", `${host}/northwind/forecast:1.1.0`]);
    } finally {
      await docker.stop();
    }
  } finally {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

/** The commands that the hub tells to copy. */
function printed(output) {
  const lines = output.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith("docker ") || line.startsWith("echo "));
}
