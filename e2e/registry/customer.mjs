// A customer of the vendor whose registry is under test, and what it is granted.

import assert from "node:assert/strict";

/** Makes a customer with one member of a role and gives {id, username, password} to pull with. */
export async function makeCustomer(registry, name, userRole = "read_only") {
  const vendor = { accessToken: registry.password };
  const customer = await call(registry, "POST", "customer-organizations", { ...vendor, body: { name } });
  const member = { email: `ops@${name.toLowerCase()}.example`, userRole, customerOrganizationId: customer.id };
  const { inviteUrl } = await call(registry, "POST", "user-accounts", { ...vendor, body: member });
  const bearer = inviteUrl.split("/").at(-1);
  const { token } = await call(registry, "POST", "auth/invite/accept", { bearer, body: { password: "staple battery horse" } });
  const { key } = await call(registry, "POST", "settings/tokens", { bearer: token, body: { label: "nodes" } });
  return { id: customer.id, username: "anybody", password: key };
}

/**
 * Grants a customer parts of artifacts and gives the entitlement's id.
 *
 * @param scopes by the artifact's name without the organization's: what the API calls `scope`
 */
export async function grant(registry, customer, name, scopes) {
  const accessToken = registry.password;
  const known = await call(registry, "GET", "artifacts", { accessToken });
  const artifacts = Object.entries(scopes).map(([artifact, scope]) => {
    const found = known.find((candidate) => candidate.name === artifact);
    assert.ok(found, `${artifact} is not among ${known.map((candidate) => candidate.name)}`);
    return { artifactId: found.id, versionIds: [], scope };
  });
  const body = { name, customerOrganizationId: customer.id, artifacts };
  return (await call(registry, "POST", "artifact-entitlements", { accessToken, body })).id;
}

/** Takes an entitlement back. */
export function withdraw(registry, id) {
  return call(registry, "DELETE", `artifact-entitlements/${id}`, { accessToken: registry.password });
}

async function call({ hub }, method, path, options) {
  const { status, body } = await hub.api(method, `/api/v1/${path}`, options);
  assert.ok(status >= 200 && status < 300, `${method} ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}
