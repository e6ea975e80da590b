// The conformance suites of the OCI Distribution Specification: the one by which release 1.1 is judged, and the one that followed
// it, against the release and the draft of the next one. The registry gets the full score: nothing fails, and nothing is skipped
// because an optional part is missing.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { attempt } from "../program.mjs";
import { withRegistry } from "./server.mjs";

const RUNS = [
  // Two cases are about manifests that cite what was never pushed; they are on for mirrors only.
  { version: "1.1", least: 860, disabled: 2 },
  { version: "dev", least: 986, disabled: 0 },
];
const MOST_SHOWN = 40;

for (const { version, least, disabled } of RUNS) {
  test(`conformance, specification ${version}`, (context) =>
    withRegistry(async (registry) => {
      const report = await conformance(registry, version);
      context.diagnostic(`${report.passed} of ${report.total} passed, ${report.disabled} disabled`);
      assert.ok(report.complaints.length === 0, describe(report));
      assert.ok(report.passed >= least, `only ${report.passed} cases ran`);
      assert.ok(report.disabled <= disabled, `${report.disabled} cases are off`);
    }));
}

test("conformance, the suite of release 1.1", (context) =>
  withRegistry(async (registry) => {
    // The order in which the suite cleans up: manifests first, so that blobs can go, or blobs that manifests still need.
    for (const isManifestFirst of ["1", "0"]) {
      const { passed, complaints } = await released(registry, isManifestFirst);
      context.diagnostic(`${passed} passed, manifests first: ${isManifestFirst}`);
      assert.deepEqual(
        complaints.sort(),
        NOT_FOR_US.map((name) => `${name}: skipped: skipped - you have skipped this test.`),
      );
      assert.equal(passed, 75);
    }
  }));

/** What no registry gets that takes pushes and finds blobs to mount by itself: each is there for one that does not. */
const NOT_FOR_US = [
  "Content Discovery Setup Populate registry with test tags (no push)",
  "Pull Setup Get tag name from environment",
  "Push Cross-Repository Blob Mount Cross-mounting of nonexistent blob should yield session id",
  "Push Cross-Repository Blob Mount Cross-mounting without from, and automatic content discovery disabled should return a 202",
];

async function released({ folder, url, slug, username, password }, isManifestFirst) {
  const { stdout, stderr } = await attempt("conformance-released", [], {
    cwd: folder,
    env: {
      OCI_ROOT_URL: url,
      OCI_NAMESPACE: `${slug}/released-a`,
      OCI_CROSSMOUNT_NAMESPACE: `${slug}/released-b`,
      OCI_USERNAME: username,
      OCI_PASSWORD: password,
      OCI_TEST_PULL: "1",
      OCI_TEST_PUSH: "1",
      OCI_TEST_CONTENT_DISCOVERY: "1",
      OCI_TEST_CONTENT_MANAGEMENT: "1",
      OCI_AUTOMATIC_CROSSMOUNT: "1",
      OCI_DELETE_MANIFEST_BEFORE_BLOBS: isManifestFirst,
      OCI_REPORT_DIR: folder,
    },
  });
  const file = join(folder, "junit.xml");
  const junit = await readFile(file, "utf8").catch(() => assert.fail(`the suite wrote no results:\n${stdout}${stderr}`));
  const cases = [
    ...junit.matchAll(/<testcase name="\[It\] OCI Distribution Conformance Tests ([^"]*)"[^>]* status="(\w+)"[^>]*>([\s\S]*?)<\/testcase>/g),
  ];
  const complaints = cases
    .filter(([, , status]) => status !== "passed")
    .map(([, name, status, body]) => `${unescape(name)}: ${status}: ${unescape(body.match(/ message="([^"]*)"/)?.[1] ?? "")}`);
  return { passed: cases.length - complaints.length, complaints };
}

async function conformance({ folder, host, slug, username, password }, version) {
  const { stdout, stderr } = await attempt("conformance", [], {
    cwd: folder,
    env: {
      OCI_REGISTRY: host,
      OCI_TLS: "disabled",
      OCI_REPO1: `${slug}/a`,
      OCI_REPO2: `${slug}/b`,
      OCI_USERNAME: username,
      OCI_PASSWORD: password,
      OCI_VERSION: version,
      OCI_RESULTS_DIR: folder,
    },
  });
  const file = join(folder, "junit.xml");
  const junit = await readFile(file, "utf8").catch(() => assert.fail(`the suite wrote no results:\n${stdout}${stderr}`));
  return summary(junit);
}

/**
 * What a JUnit file of the suite says. Its totals count groups of cases too; it lists only cases, and calls the ones that
 * are switched off skipped.
 */
function summary(junit) {
  const suite = junit.match(/<testsuite [^>]*>/)[0];
  const number = (name) => Number(suite.match(new RegExp(` ${name}="(\\d+)"`))?.[1] ?? 0);
  const cases = [...junit.matchAll(/<testcase name="([^"]*)"[^>]* status="(\w+)">([\s\S]*?)<\/testcase>/g)];
  const [total, disabled] = [number("tests"), number("disabled")];
  const spoiled = number("failures") + number("errors") + number("skipped");
  assert.ok(cases.length > 0, "no case was found in the results");
  const complaints = cases
    .filter(([, , status]) => status !== "passed")
    .map(([, name, status, body]) => ({ status, text: `${name}: ${status}: ${unescape(reason(body))}` }));
  return { total, disabled, passed: total - disabled - spoiled, spoiled, complaints: spoiled ? complaints : [] };
}

function reason(body) {
  return body.match(/<system-out>([\s\S]*?)<\/system-out>/)?.[1] ?? "no reason given";
}

function unescape(text) {
  const signs = { "#34": '"', "#39": "'", "#xA": " | ", "#x9": " ", lt: "<", gt: ">", amp: "&" };
  return text.replace(/&(#?\w+);/g, (whole, name) => signs[name] ?? whole);
}

function describe({ total, passed, spoiled, complaints }) {
  const shown = complaints.slice(0, MOST_SHOWN).map(({ text }) => `  ${text}`);
  if (complaints.length > shown.length) shown.push(`  and ${complaints.length - shown.length} more`);
  return `${spoiled} of ${total} cases failed or were skipped, ${passed} passed:\n${shown.join("\n")}`;
}
