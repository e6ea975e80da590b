// Pushing to the registry of a hub, by its HTTP routes alone.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

/** Pushes an image of a few bytes to `repository`, such as `acme/ship`. Gives its digest. */
export async function push(hub, accessToken, repository, tag) {
  const config = Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64", config: { Labels: { tag } } }));
  const layer = Buffer.from(`layer of ${repository}:${tag}`);
  for (const blob of [config, layer]) {
    const path = `/v2/${repository}/blobs/uploads/?digest=${digest(blob)}`;
    await send(hub, accessToken, "POST", path, { type: "application/octet-stream", body: blob, status: 201 });
  }
  const descriptor = (mediaType, blob) => ({ mediaType, digest: digest(blob), size: blob.length });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor(CONFIG, config),
    layers: [descriptor(LAYER, layer)],
  });
  await send(hub, accessToken, "PUT", `/v2/${repository}/manifests/${tag}`, { type: MANIFEST, body: manifest, status: 201 });
  return digest(manifest);
}

/** Asks for a manifest as clients do that pull. Gives the status of the answer. */
export async function pull(hub, accessToken, repository, reference) {
  const response = await request(hub, accessToken, "GET", `/v2/${repository}/manifests/${reference}`);
  await response.arrayBuffer();
  return response.status;
}

async function send(hub, accessToken, method, path, { type, body, status }) {
  const response = await request(hub, accessToken, method, path, { headers: { "content-type": type }, body });
  assert.equal(response.status, status, `${method} ${path}: ${await response.text()}`);
}

function request(hub, accessToken, method, path, { headers = {}, body } = {}) {
  const authorization = `Basic ${Buffer.from(`anybody:${accessToken}`).toString("base64")}`;
  return fetch(hub.url + path, { method, headers: { authorization, ...headers }, body });
}

function digest(content) {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
