// An application to deploy: a program that tells too much in its log, its images, and the files of its versions.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../program.mjs";

/** What a deployment of it begins with. */
export const TEMPLATE = "DATABASE_PASSWORD={{ .Secrets.DATABASE_PASSWORD }}\nLICENSE_TOKEN={{ .LicenseKeys.LEDGER }}\n";

// It writes what it was given, more lines than a screen shows, and then one each second, for as long as nobody ends it.
const PROGRAM = `
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void leave(int signal) { _exit(signal == SIGTERM ? 0 : 1); }

int main(int count, char **arguments) {
  if (count > 1) return 0; // asked whether it is well
  signal(SIGTERM, leave);
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("ledger %s opens the books with %s\\n", getenv("VERSION"), getenv("DATABASE_PASSWORD"));
  printf("license %s\\n", getenv("LICENSE_TOKEN"));
  for (int account = 1; account <= 60; account++) printf("account %d is in order\\n", account);
  for (int entry = 1;; entry++) {
    printf("entry %d\\n", entry);
    sleep(1);
  }
}
`;

/** Builds the image of each version and pushes it to `repository`, such as `127.0.0.1:8080/northwind/ledger`. */
export async function publish(docker, folder, repository, versions) {
  const at = join(folder, "image");
  await mkdir(at);
  await run("cc", ["-static", "-Os", "-s", "-x", "c", "-o", join(at, "ledger"), "-"], { input: PROGRAM });
  for (const version of versions) {
    const lines = ["FROM scratch", "COPY ledger /", `ENV VERSION=${version}`, 'ENTRYPOINT ["/ledger"]'];
    await writeFile(join(at, "Dockerfile"), `${lines.join("\n")}\n`);
    const image = `${repository}:${version}`;
    await docker.run(["build", "--quiet", "--tag", image, at]);
    await docker.run(["push", "--quiet", image]);
    await docker.run(["image", "rm", "--force", image]);
  }
}

/**
 * The Compose file of a version. Its service has no network, which the daemon of the tests has not.
 *
 * @param extra more lines of the service
 */
export function compose(image, extra = "") {
  return `services:
  ledger:
    image: ${image}
    network_mode: none
    environment:
      DATABASE_PASSWORD: \${DATABASE_PASSWORD}
      LICENSE_TOKEN: \${LICENSE_TOKEN}
    restart: unless-stopped
    healthcheck:
      test: ["CMD", "/ledger", "health"]
      interval: 1s
      retries: 3
${extra}`;
}
