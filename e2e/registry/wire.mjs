// Requests to the registry without a client's library between: uploads in pieces, and bodies that never are in memory whole.

import assert from "node:assert/strict";
import { createCipheriv, createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";

const PIECE = 1 << 20;

/** Sends requests as one caller. */
export class Wire {
  #base;
  #authorization;
  // A connection for each request: one that a refusal has ended is not taken for the next.
  #agent = new Agent({ keepAlive: false });

  constructor({ url, username, password }) {
    this.#base = url;
    this.#authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  }

  /** Opens a request; the caller sends the body and ends it. `path` may be a Location. */
  open(method, path, headers = {}) {
    const options = { method, agent: this.#agent, headers: { authorization: this.#authorization, ...headers } };
    return request(new URL(path, this.#base), options);
  }

  /** Sends a request with a body, if any, and gives the answer with its body as text. */
  async send(method, path, { headers = {}, body = Buffer.alloc(0) } = {}) {
    const sent = this.open(method, path, { "content-length": body.length, ...headers });
    sent.end(body);
    const [response] = await once(sent, "response");
    const pieces = await response.toArray();
    return { status: response.statusCode, headers: response.headers, text: Buffer.concat(pieces).toString() };
  }

  /** Begins an upload and gives its address. */
  async begin(repository) {
    const { status, headers, text } = await this.send("POST", `/v2/${repository}/blobs/uploads/`);
    assert.equal(status, 202, text);
    return headers.location;
  }

  /** Uploads a blob of `size` bytes as clients do: one PATCH without a length, then PUT. Gives its digest. */
  async upload(repository, size) {
    const location = await this.begin(repository);
    const hash = createHash("sha256");
    const sent = this.open("PATCH", location);
    const answered = once(sent, "response");
    for (const piece of noise(size)) {
      hash.update(piece);
      if (!sent.write(piece)) await once(sent, "drain");
    }
    sent.end();
    const [response] = await answered;
    const text = Buffer.concat(await response.toArray()).toString();
    assert.equal(response.statusCode, 202, text);
    assert.equal(response.headers.range, `0-${size - 1}`);
    const digest = `sha256:${hash.digest("hex")}`;
    await this.finish(response.headers.location, digest);
    return digest;
  }

  /** Ends an upload whose bytes are all there. */
  async finish(location, digest) {
    const { status, text } = await this.send("PUT", withQuery(location, "digest", digest));
    assert.equal(status, 201, text);
  }

  /** Reads a blob to its end and gives its size, and its digest if that is wanted. */
  async download(repository, digest, { hashed = true } = {}) {
    const sent = this.open("GET", `/v2/${repository}/blobs/${digest}`);
    sent.end();
    const [response] = await once(sent, "response");
    const hash = hashed && createHash("sha256");
    let size = 0;
    for await (const piece of response) {
      size += piece.length;
      if (hash) hash.update(piece);
    }
    assert.equal(response.statusCode, 200);
    return { size, digest: hash && `sha256:${hash.digest("hex")}` };
  }
}

/** An address with one more parameter. */
export function withQuery(location, name, value) {
  return `${location}${location.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`;
}

/** Bytes in pieces that nothing can compress or find twice, the same in every run. */
export function* noise(size) {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16));
  for (let left = size; left > 0; left -= PIECE) yield cipher.update(Buffer.alloc(Math.min(PIECE, left)));
}

/** The most memory that a process ever had, in MiB. */
export async function peakMemory(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(status.match(/^VmHWM:\s+(\d+) kB$/m)[1]) / 1024;
}
