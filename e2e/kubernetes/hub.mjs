// A hub as an agent sees it, with a chart repository. What it answers is set by the test, which also reads every word that it is told. It
// is for what a hub can't be brought to: to say at once whatever an agent should cope with, to be away, to forget. What a vendor and a
// customer do goes through the real hub and its registry, in journey.suite.mjs.

import { createServer } from "node:http";
import { collect } from "../program.mjs";

const SECRET = "0123456789abcdef0123456789abcdef";

/** A hub on the loopback address. */
export class FakeHub {
  deployments = [];
  metricsEnabled = false;
  polls = 0;
  statuses = [];
  logs = [];
  metrics = [];
  /** Charts by name and version: what `helm package` made. */
  charts = new Map();
  #server;
  #logins = 0;

  static async start(port = 0) {
    const hub = new FakeHub();
    await hub.open(port);
    return hub;
  }

  /** Begins to listen, at first or again. */
  async open(port = this.port) {
    this.#server = createServer((request, response) => this.#answer(request, response));
    await new Promise((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    this.port = this.#server.address().port;
    this.host = `127.0.0.1:${this.port}`;
  }

  /** Is away from now on. */
  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get secret() {
    return SECRET;
  }

  /** The token that the agent got last. */
  get token() {
    return jwt(this.#logins);
  }

  /** Statuses of a revision, as `type: message`. */
  of(revision) {
    return this.statuses.filter(({ revisionId }) => revisionId === revision).map(({ type, message }) => `${type}: ${message}`);
  }

  async #answer(request, response) {
    const read = collect(request);
    request.on("end", () => {
      const [path] = request.url.split("?");
      const name = path.replace("/api/v1/agent/", "");
      const body = read();
      if (path.startsWith("/repository/")) return this.#repository(response, path);
      if (name === "login") return this.#login(request, response);
      if (request.headers.authorization !== `Bearer ${this.token}`) return response.writeHead(401).end();
      if (name === "resources") {
        this.polls += 1;
        return send(response, this.#resources());
      }
      const received = { status: this.statuses, metrics: this.metrics, logs: this.logs }[name];
      if (received) received.push(...[JSON.parse(body)].flat());
      response.writeHead(200).end();
    });
  }

  #resources() {
    return {
      version: { id: "00000000-0000-0000-0000-000000000001", createdAt: "2026-11-24T12:00:00Z", name: "3.1.0" },
      namespace: this.namespace,
      metricsEnabled: this.metricsEnabled,
      deploymentLogsEnabled: true,
      deployments: this.deployments,
    };
  }

  #login(request, response) {
    const [, password] = credential(request);
    if (password !== SECRET) return response.writeHead(401).end();
    this.#logins += 1;
    send(response, { token: this.token });
  }

  // A chart repository for everybody.
  #repository(response, path) {
    const name = path.split("/").at(-1);
    if (name === "index.yaml") {
      const entries = {};
      for (const key of this.charts.keys()) {
        const [, chart, version] = key.match(/^(.+)-(\d+\.\d+\.\d+)$/);
        (entries[chart] ??= []).push({ apiVersion: "v2", name: chart, version, urls: [`${key}.tgz`] });
      }
      return send(response, { apiVersion: "v1", entries });
    }
    const chart = this.charts.get(name.replace(".tgz", ""));
    response.writeHead(chart ? 200 : 404).end(chart);
  }
}

function credential(request) {
  const [scheme, text] = (request.headers.authorization ?? "").split(" ");
  return scheme === "Basic" ? Buffer.from(text, "base64").toString().split(":") : [];
}

function jwt(number) {
  const part = (content) => Buffer.from(JSON.stringify(content)).toString("base64url");
  const now = 1_795_000_000;
  return `${part({ alg: "HS256" })}.${part({ iat: now, exp: now + 86_400, number })}.c2lnbmF0dXJl`;
}

function send(response, content) {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(content));
}
