// Other people's programs, run to their end.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";

const LIMIT = 300_000; // milliseconds; what hangs should fail by name, not by the limit of the whole run

/**
 * Runs a program to its end, in an environment of its own: of this process's it gets only `PATH`.
 *
 * @returns {{code, stdout, stderr}} whatever the exit code
 */
export async function attempt(program, args, { env = {}, input = "", cwd } = {}) {
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", ...env },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: LIMIT,
  });
  const out = collect(child.stdout);
  const complaint = collect(child.stderr);
  child.stdin.on("error", () => {}); // a program that ends without reading says so by its exit code
  child.stdin.end(input);
  const [code, signal] = await once(child, "close");
  return { code: code ?? signal, stdout: out(), stderr: complaint() };
}

/** Runs a program that must succeed and gives what it printed to standard output. */
export async function run(program, args, options) {
  const { code, stdout, stderr } = await attempt(program, args, options);
  assert.equal(code, 0, `${program} ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

/** Runs a program that must fail, not crash, and gives all that it printed. */
export async function fail(program, args, options) {
  const { code, stdout, stderr } = await attempt(program, args, options);
  assert.ok(code > 0, `${program} ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
  return stdout + stderr;
}

/** All that a stream has given so far, as a function. */
export function collect(stream) {
  const pieces = [];
  stream.on("data", (piece) => pieces.push(piece));
  return () => Buffer.concat(pieces).toString();
}
