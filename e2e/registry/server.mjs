// The registry under test: a hub with an organization, and who may push to it.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort, Hub } from "../hub.mjs";

const SLUG = "tidewater";

/**
 * Runs a test against a registry of its own, with a folder that is removed afterwards.
 *
 * `GRANTRY_E2E_REGISTRY=debian` takes Debian's docker-registry instead of the hub: it tells whether a failure is the hub's
 * or the client's. What only the hub can do is behind `registry.hub`.
 *
 * @param body gets {host, url, slug, username, password, pid, hub, folder}
 */
export async function withRegistry(body) {
  const folder = await mkdtemp(join(tmpdir(), "gr-")); // short: sockets below it have at most 107 characters
  let registry;
  try {
    registry = process.env.GRANTRY_E2E_REGISTRY === "debian" ? await startDebian(folder) : await startHub(folder);
    await body({ ...registry, folder });
  } finally {
    await registry?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startHub(folder) {
  const hub = await Hub.start(...storage(folder));
  const vendor = { name: "Tidewater Ltd", slug: SLUG, email: "ada@tidewater.example", password: "correct horse battery" };
  const { accessToken } = await hub.setUp(vendor);
  return {
    hub,
    host: `127.0.0.1:${hub.port}`,
    url: hub.url,
    slug: SLUG,
    username: "anybody",
    password: accessToken,
    get pid() {
      return hub.pid;
    },
    stop: () => hub.stop(),
  };
}

/** Where the hub keeps blobs: in its folder, or in a part of its own of the bucket that `cargo xtask test garage` names. */
function storage(folder) {
  const { GRANTRY_TEST_S3: url, GRANTRY_TEST_S3_KEY_ID: key, GRANTRY_TEST_S3_SECRET: secret } = process.env;
  if (!url) return [];
  const blobs = url.replace("?", `/${basename(folder)}?`);
  return [["--blobs", blobs, "--s3-access-key", key], { GRANTRY_S3_SECRET_KEY: secret }];
}

async function startDebian(folder) {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const child = spawn("docker-registry", ["serve", "/etc/docker/registry/config.yml"], {
    env: {
      REGISTRY_HTTP_ADDR: host,
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: join(folder, "registry"),
      REGISTRY_STORAGE_DELETE_ENABLED: "true",
      REGISTRY_AUTH: "",
    },
    stdio: "ignore",
  });
  const url = `http://${host}`;
  while (!(await fetch(`${url}/v2/`).catch(() => undefined))) await pause(50);
  const stop = async () => {
    const closed = once(child, "close");
    child.kill();
    await closed;
  };
  return { host, url, slug: SLUG, username: "anybody", password: "anything", pid: child.pid, stop };
}
