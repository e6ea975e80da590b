// Small images, made here: no registry of the internet is needed.

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { run } from "../program.mjs";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

/** The digest of some bytes. */
export function digest(bytes, algorithm = "sha256") {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** Compiles a program that needs nothing around it and prints `text`. Gives its path. */
export async function program(folder, name, text) {
  const path = join(folder, name);
  const source = `#include <stdio.h>\nint main(void) { puts(${JSON.stringify(text)}); return 0; }\n`;
  await run("cc", ["-static", "-Os", "-s", "-x", "c", "-o", path, "-"], { input: source });
  return path;
}

/**
 * Writes an OCI image layout with one image for two platforms under a tag.
 *
 * @returns {{path, index, children: string[], layers: string[]}} the folder, and the digests of what is in it
 */
export async function writeLayout(path, tag, text) {
  await mkdir(join(path, "blobs/sha256"), { recursive: true });
  const images = await Promise.all(["amd64", "arm64"].map((architecture) => writeImage(path, architecture, text)));
  const manifests = images.map(({ manifest }) => manifest);
  const index = await writeBlob(path, INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
  const named = { ...index, annotations: { "org.opencontainers.image.ref.name": tag } };
  await writeFile(join(path, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  await writeFile(join(path, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const layers = images.map(({ layer }) => layer.digest);
  return { path, index: index.digest, children: manifests.map((manifest) => manifest.digest), layers };
}

async function writeImage(path, architecture, text) {
  const tar = archive("motd", `${text} for ${architecture}\n`);
  const layer = await writeBlob(path, LAYER, gzipSync(tar));
  const rootfs = { type: "layers", diff_ids: [digest(tar)] };
  const config = await writeBlob(path, CONFIG, { architecture, os: "linux", config: {}, rootfs });
  const image = { schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] };
  const manifest = await writeBlob(path, MANIFEST, image);
  return { layer, manifest: { ...manifest, platform: { architecture, os: "linux" } } };
}

async function writeBlob(path, mediaType, content) {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  const descriptor = { mediaType, digest: digest(bytes), size: bytes.length };
  await writeFile(join(path, "blobs", descriptor.digest.replace(":", "/")), bytes);
  return descriptor;
}

/** A tar archive (POSIX.1-1988) of one file. */
function archive(name, text) {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  const octal = (value, length) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8), 100); // mode, owner, group
  header.write(octal(content.length, 12) + octal(0, 12), 124); // size, time of change
  header.write("        0", 148); // the checksum counts as blanks; an ordinary file
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}
