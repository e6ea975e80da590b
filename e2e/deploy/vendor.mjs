// What a vendor and a customer do through the API.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

/** A member with an access token. */
export class Member {
  constructor(hub, accessToken) {
    this.hub = hub;
    this.accessToken = accessToken;
  }

  /** Sends a request that must succeed and gives its answer. */
  async call(method, path, body) {
    const { status, body: answer } = await this.send(method, path, body);
    assert.ok(status >= 200 && status < 300, `${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Sends a request and gives {status, headers, body}. */
  send(method, path, body) {
    return this.hub.api(method, `/api/v1/${path}`, { accessToken: this.accessToken, body });
  }

  /** Sends a request that must be refused with this status; gives the answer. */
  async refused(status, method, path, body) {
    const answer = await this.send(method, path, body);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Adds a version to an application, in the form that published clients send. */
  async addVersion(application, version, files) {
    const form = new FormData();
    form.append("applicationversion", JSON.stringify(version));
    for (const [part, text] of Object.entries(files)) {
      form.append(part, new Blob([text], { type: "application/yaml" }), `${part}.yaml`);
    }
    const headers = { authorization: `AccessToken ${this.accessToken}` };
    const url = `${this.hub.url}/api/v1/applications/${application}/versions`;
    const response = await fetch(url, { method: "POST", headers, body: form });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  }

  /** The deployment of a target, as the API tells it. */
  async deployment(target) {
    const { deployments } = await this.call("GET", `deployment-targets/${target}`);
    return deployments[0];
  }
}

/** Base64, as the API wants files. */
export function base64(text) {
  return Buffer.from(text).toString("base64");
}

/** Asks until the answer is truthy, and gives it. What it says of itself in time is part of the failure. */
export async function until(what, ask, { limit = 60_000, every = 250, tell = () => "" } = {}) {
  let last;
  for (const start = Date.now(); Date.now() - start < limit; await pause(every)) {
    last = await ask();
    if (last) return last;
  }
  throw new Error(`waited in vain until ${what}\n${await tell()}`);
}
