// A token that a running hub issued is good for other people's libraries, with the keys that this hub publishes.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { grantry, Hub } from "../hub.mjs";
import { assertAgreement } from "./agreement.mjs";
import { tampered } from "./verifier.mjs";

const YEAR = 365 * 24 * 3600 * 1000;
const payload = {
  edition: "pro",
  seats: 25,
  features: ["sso", "audit"],
  limits: { projects: 9007199254740991, ratio: 0.25 },
  owner: "Zoë Ångström 🚢",
};

test("a hub's token verifies with other libraries", async (context) => {
  const hub = await Hub.start();
  try {
    await checkTokenOf(hub, context);
  } finally {
    await hub.stop();
  }
});

async function checkTokenOf(hub, context) {
  const vendor = await hub.setUp({ name: "Tidewater Ltd", slug: "tidewater", email: "ada@tidewater.example", password: "correct horse battery" });
  const accessToken = vendor.accessToken;
  const created = await hub.api("POST", "/api/v1/license-keys", {
    accessToken,
    body: {
      name: "Ship",
      payload,
      notBefore: new Date(Date.now() - 60_000).toISOString(),
      expiresAt: new Date(Date.now() + YEAR).toISOString(),
    },
  });
  assert.ok([200, 201].includes(created.status), JSON.stringify(created.body));
  const issued = await hub.api("GET", `/api/v1/license-keys/${created.body.id}/token`, { accessToken });
  assert.equal(issued.status, 200);
  const { token } = issued.body;
  const pem = (await hub.api("GET", "/api/public/v1/license-keys/public-key")).body;
  const jwks = (await hub.api("GET", "/.well-known/jwks.json")).body;
  const stranger = generateKeyPairSync("ed25519").publicKey;

  await assertAgreement(context, {
    token,
    keys: { PEM: { pem }, JWKS: { jwks } },
    expected: {
      organization: vendor.organizationId,
      issuer: hub.url,
      claims: { iss: hub.url, sub: created.body.id, aud: ["license-key"], org: vendor.organizationId, ...payload },
    },
    foreignKey: { pem: stranger.export({ type: "spki", format: "pem" }) },
  });
  await context.test("grantry verify", () => checkOnCommandLine(hub, { token, pem, organization: vendor.organizationId }));
}

/** The program's own check, with the key in a file and with the key from the hub. */
async function checkOnCommandLine(hub, { token, pem, organization }) {
  const file = join(hub.dataDir, "public-key.pem");
  await writeFile(file, pem);
  for (const key of [file, `${hub.url}/.well-known/jwks.json`]) {
    const good = await grantry(["verify", token, "--key", key, "--organization", organization]);
    assert.equal(good.code, 0, good.stderr);
    assert.equal(JSON.parse(good.stdout).seats, payload.seats);
  }
  const check = (text, id) => grantry(["verify", text, "--key", file, "--organization", id]);
  const changed = await check(tampered(token, 2), organization);
  assert.equal(changed.code, 1);
  assert.match(changed.stdout + changed.stderr, /bad_signature/);
  const foreign = await check(token, "00000000-0000-7000-8000-000000000001");
  assert.equal(foreign.code, 1);
  assert.match(foreign.stdout + foreign.stderr, /wrong_organization/);
}
