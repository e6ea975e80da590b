// The application that these tests deploy: a program that runs only with a license, as images of several versions.

import assert from "node:assert/strict";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Member, until } from "./vendor.mjs";

/** What the customer's env file says. */
export const ENV_FILE =
  "LICENSE_TOKEN={{ .LicenseKeys.LEDGER }}\nDATABASE_PASSWORD={{ .Secrets.DATABASE_PASSWORD }}\n";

/** Builds images of these versions, pushes them to the vendor's registry, and gives their name without a tag. */
export async function pushImages(registry, docker, versions) {
  const { hub, folder, host, slug, password } = registry;
  const { organization } = await new Member(hub, password).call("GET", "context");
  await docker.run(["login", "--username", "vendor", "--password-stdin", host], { input: password });
  const image = `${host}/${slug}/ledger`;
  for (const version of versions) {
    const reference = `${image}:${version}`;
    await buildImage(docker, folder, reference, { hub, organization, version });
    await docker.run(["push", "--quiet", reference]);
    await docker.run(["image", "rm", "--force", reference]);
  }
  await docker.run(["logout", host]);
  return image;
}

/** An image of the application, with the keys that its vendor trusts. */
async function buildImage(docker, folder, reference, { hub, organization, version }) {
  assert.ok(process.env.GRANTRY_LICENSED_BIN, "GRANTRY_LICENSED_BIN is not set: run these tests with `cargo xtask e2e`");
  const at = join(folder, `image-${version}`);
  await mkdir(at);
  await copyFile(process.env.GRANTRY_LICENSED_BIN, join(at, "licensed"));
  const keys = await hub.api("GET", "/api/public/v1/license-keys/public-key");
  await writeFile(join(at, "keys.pem"), keys.body);
  const entry = JSON.stringify(["/licensed", "run", "--keys", "/keys.pem", "--organization", organization.id]);
  const lines = ["FROM scratch", "COPY licensed keys.pem /", `LABEL version="${version}"`, `ENTRYPOINT ${entry}`];
  await writeFile(join(at, "Dockerfile"), `${lines.join("\n")}\n`);
  await docker.run(["build", "--quiet", "--tag", reference, at]);
}

/** A project whose service has no network, which the daemon of the tests has not. */
export function compose(image) {
  return `services:
  ledger:
    image: ${image}
    network_mode: none
    environment:
      LICENSE_TOKEN: \${LICENSE_TOKEN}
    volumes:
      - books:/books
    restart: unless-stopped
    stop_grace_period: 1s
    healthcheck:
      test: ["CMD", "/licensed", "health"]
      interval: 1s
      timeout: 2s
      retries: 3
volumes:
  books: {}
`;
}

/** The same as a stack, whose service has a network without a way out. */
export function stack(image) {
  return `services:
  ledger:
    image: ${image}
    environment:
      LICENSE_TOKEN: \${LICENSE_TOKEN}
    volumes:
      - books:/books
    stop_grace_period: 1s
    healthcheck:
      test: ["CMD", "/licensed", "health"]
      interval: 1s
      timeout: 5s
      retries: 5
    deploy:
      restart_policy:
        delay: 1s
volumes:
  books: {}
networks:
  default:
    internal: true
`;
}

/**
 * A customer with what it needs of the application, which nobody is restricted to: versions with these Compose files, a license key,
 * and a secret.
 *
 * @param files by the version's name
 */
export async function offer(registry, customer, files) {
  const vendor = new Member(registry.hub, registry.password);
  const application = await vendor.call("POST", "applications", { name: "Ledger", type: "docker" });
  const versions = {};
  for (const [name, composefile] of Object.entries(files)) {
    versions[name] = (await vendor.addVersion(application.id, { name }, { composefile })).id;
  }
  await vendor.call("POST", "license-keys", {
    name: "LEDGER",
    customerOrganizationId: customer.id,
    payload: { seats: 5 },
    notBefore: new Date(Date.now() - 3_600_000).toISOString(),
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  });
  await customer.call("POST", "secrets", { key: "DATABASE_PASSWORD", value: "correct-horse-battery" });
  return versions;
}

/** Waits until the hub shows a line that matches, and gives all lines. */
export function logged({ customer, target }, pattern) {
  return until(`the log shows ${pattern}`, async () => {
    const { id } = await customer.deployment(target.id);
    const { active } = await customer.call("GET", `deployments/${id}/logs/resources`);
    if (!active.length) return undefined;
    const query = active.map((resource) => `resource=${encodeURIComponent(resource)}`).join("&");
    const lines = (await customer.call("GET", `deployments/${id}/logs?${query}&limit=100`)).map(({ body }) => body);
    return lines.some((line) => pattern.test(line)) && lines;
  });
}
