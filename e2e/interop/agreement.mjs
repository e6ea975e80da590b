// What every library must say about a good token and about what is made of it.

import assert from "node:assert/strict";
import { libraries, tampered } from "./verifier.mjs";

const STRANGER = "00000000-0000-7000-8000-000000000001";

/**
 * Checks a good token with every library: accepted with each form of the key and with the right claims; refused when it is
 * changed, of another organization, or checked with another key.
 *
 * @param test the test context; each library becomes a subtest
 * @param token the token
 * @param keys the key parts of requests by name, as {PEM: {pem}, JWKS: {jwks}}
 * @param expected {organization, issuer?, now?, claims} with the claims that must be there
 * @param foreignKey the key part of a key that did not sign
 */
export async function assertAgreement(test, { token, keys, expected, foreignKey }) {
  const { organization, issuer, now, claims } = expected;
  const good = { token, organization, issuer, now };
  const cases = [{ what: "a key that did not sign it", request: { ...good, ...foreignKey } }];
  for (const [form, key] of Object.entries(keys)) {
    cases.push({ what: form, request: { ...good, ...key }, accepted: true });
    for (const [part, name] of ["header", "claims", "signature"].entries()) {
      cases.push({ what: `${form}, ${name} changed`, request: { ...good, ...key, token: tampered(token, part) } });
    }
    const strange = { ...good, ...key, organization: STRANGER };
    cases.push({ what: `${form}, another organization`, request: strange, refusal: /another organization/ });
  }
  for (const library of libraries) {
    await test.test(library.name, async () => {
      const { answers, text } = await library.verify(cases.map((one) => one.request));
      assert.equal(answers.length, cases.length);
      answers.forEach((answer, index) => judge(cases[index], answer, claims));
      if (library.exact) assertIntegersSurvived(token, text);
    });
  }
}

function judge({ what, accepted, refusal = /./ }, answer, claims) {
  if (accepted) {
    assert.equal(answer.error, undefined, `refused: ${what}`);
    assert.deepEqual(plain(subset(answer.claims, claims)), plain(claims), `other claims: ${what}`);
  } else {
    assert.match(answer.error ?? "", refusal, `accepted, or refused for another reason: ${what}`);
  }
}

/** The value as JSON knows it, where -0 and 0 are one number: Python reads -0 as an integer. */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}

/** The members of `whole` that `part` names too. */
function subset(whole, part) {
  return Object.fromEntries(Object.keys(part).map((name) => [name, whole[name]]));
}

/** Integers too long for a float stand in the answer digit by digit. */
function assertIntegersSurvived(token, text) {
  const payload = Buffer.from(token.split(".")[1], "base64url").toString();
  for (const digits of payload.match(/(?<=[:,[])-?\d{16,}(?=[,}\]])/g) ?? []) {
    assert.ok(text.includes(digits), `${digits} was rounded`);
  }
}
