// Other people's JWT libraries behind one function each.
//
// A request is {token, pem | jwks, organization, issuer?, now?}: `pem` is one public key, `jwks` a JWK Set, `organization` the
// id that the token must name, `now` a time in Unix seconds (the machine's if absent). Its answer is {claims} or {error} with the
// library's own words. A library takes a list of requests, so that a program is started once for all of them, and gives the
// answers in the same order, with the text as the library printed it.

import { spawn } from "node:child_process";
import { createLocalJWKSet, exportSPKI, importJWK, importSPKI, jwtVerify } from "jose";

/** Verifies with jose, in this process. */
async function jose(requests) {
  const answers = await Promise.all(requests.map(joseOne));
  return { answers, text: JSON.stringify(answers) };
}

async function joseOne(request) {
  try {
    const key = request.jwks ? createLocalJWKSet(request.jwks) : await importSPKI(request.pem, "EdDSA");
    const { payload } = await jwtVerify(request.token, key, {
      algorithms: ["EdDSA"],
      audience: "license-key",
      issuer: request.issuer,
      requiredClaims: ["exp", "nbf", "iat", "sub"],
      currentDate: request.now === undefined ? undefined : new Date(request.now * 1000),
    });
    return payload.org === request.organization ? { claims: payload } : { error: "the token is of another organization" };
  } catch (error) {
    return { error: `${error.code}: ${error.message}` };
  }
}

/** Verifies with a program that takes the requests on standard input and prints the answers. */
function program(command, ...args) {
  return async (requests) => {
    const text = await run(command, args, JSON.stringify(requests));
    return { answers: JSON.parse(text), text };
  };
}

/** Runs a program and gives what it printed; fails if it fails. */
export function run(command, args, input = "") {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    const out = [];
    const complaint = [];
    child.stdout.on("data", (piece) => out.push(piece));
    child.stderr.on("data", (piece) => complaint.push(piece));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${Buffer.concat(complaint)}`));
    });
    child.stdin.on("error", () => {}); // a program that ends without reading says so by its exit code
    child.stdin.end(input);
  });
}

/** What `cargo xtask e2e` built or installed for these tests. */
export function tool(variable) {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} is not set: run these tests with \`cargo xtask e2e\``);
  return path;
}

const script = new URL("python/verify.py", import.meta.url).pathname;

/** Every library by name. `exact` ones keep integers that JavaScript would round. */
export const libraries = [
  { name: "jose", exact: false, verify: jose },
  { name: "PyJWT", exact: true, verify: program(tool("GRANTRY_PYTHON"), script) },
  { name: "golang-jwt", exact: true, verify: program(tool("GRANTRY_VERIFY_GO")) },
];

/** A public key in the PEM form, from its JWK. */
export async function pemOf(jwk) {
  return exportSPKI(await importJWK(jwk, "EdDSA", { extractable: true }));
}

/** The same token with one character of a part (0 header, 1 claims, 2 signature) replaced by another. */
export function tampered(token, part) {
  const parts = token.split(".");
  const at = Math.floor(parts[part].length / 2);
  const other = parts[part][at] === "A" ? "B" : "A";
  parts[part] = parts[part].slice(0, at) + other + parts[part].slice(at + 1);
  return parts.join(".");
}
