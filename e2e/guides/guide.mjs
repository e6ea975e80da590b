// Guides under docs/, followed step by step: their files are written, their commands run, as a new user would.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { attempt } from "../program.mjs";

const SOURCE = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The steps of a guide, in order. A block whose first line names a file is that file; a block of `sh` is run. Others, such as
 * `console`, show something.
 *
 * @returns {{file?: string, text: string, line: number}[]} the line is where the text starts
 */
export async function steps(name) {
  const text = await readFile(join(SOURCE, "docs/guides", name), "utf8");
  const found = [];
  let block;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = line.match(/^```(\S*) ?(.*)$/);
    if (block && line === "```") {
      if (block.language === "sh" || block.label) found.push(step(block));
      block = undefined;
    } else if (block) block.lines.push(line);
    else if (fence) block = { language: fence[1], label: fence[2], lines: [], line: index + 2 };
  }
  assert.equal(block, undefined, `${name}: a block does not end`);
  assert.ok(found.length, `${name} has no steps`);
  return found;
}

function step({ label, lines, line }) {
  return { file: label, text: `${lines.join("\n")}\n`, line };
}

/** Follows a guide to its end, against a hub, as somebody with an access token. Gives what its commands printed. */
export async function follow(name, { hub, accessToken, env = {} }) {
  const folder = await mkdtemp(join(tmpdir(), "grantry-guide-"));
  try {
    const script = (await steps(name)).map((step) => `echo 'docs/guides/${name}:${step.line}' >&2\n${command(step)}`);
    await writeFile(join(folder, ".guide.sh"), ["set -euo pipefail", ...script].join("\n"));
    const environment = { HOME: process.env.HOME, HUB: hub.url, TOKEN: accessToken, GRANTRY: SOURCE, ...env };
    const { code, stdout, stderr } = await attempt("bash", [".guide.sh"], { cwd: folder, env: environment });
    assert.equal(code, 0, `the guide ${name} ends with ${code}:\n${stdout}${stderr}`);
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function command({ file, text }) {
  return file ? `mkdir -p "$(dirname '${file}')"\ncat > '${file}' <<'GRANTRY_FILE'\n${text}GRANTRY_FILE` : text;
}
