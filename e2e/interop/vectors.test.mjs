// The good tokens among the test vectors are good for other people's libraries too.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import test from "node:test";
import { assertAgreement } from "./agreement.mjs";
import { pemOf } from "./verifier.mjs";

const folder = new URL("../../vectors/license-token/", import.meta.url);
const stranger = generateKeyPairSync("ed25519").publicKey;
const foreignKey = { pem: stranger.export({ type: "spki", format: "pem" }) };

/** Whether plain JWT rules accept the token: no grace, no leeway, its key found by the `kid` that both state. */
function isPlainlyGood({ now, expect, keys, token }) {
  if (!expect.claims) return false;
  const { nbf, exp } = expect.claims;
  return nbf <= now && now < exp && keys.some((key) => key.kid !== undefined && key.kid === header(token).kid);
}

function header(token) {
  return JSON.parse(Buffer.from(token.split(".")[0], "base64url"));
}

const vectors = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, ...JSON.parse(readFileSync(new URL(name, folder))) }));
const good = vectors.filter(isPlainlyGood);

test("there are good tokens among the vectors", () => assert.ok(good.length >= 5, `only ${good.length}`));

for (const vector of good) {
  test(`${vector.name}: ${vector.description}`, async (context) => {
    const key = vector.keys.find((one) => one.kid === header(vector.token).kid);
    await assertAgreement(context, {
      token: vector.token,
      keys: { PEM: { pem: await pemOf(key) }, JWKS: { jwks: { keys: vector.keys } } },
      expected: {
        organization: vector.expect.claims.org,
        issuer: vector.issuer,
        now: vector.now,
        claims: vector.expect.claims,
      },
      foreignKey,
    });
  });
}
