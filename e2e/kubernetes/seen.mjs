// What hub and cluster show of the one deployment of a journey.

import assert from "node:assert/strict";
import { until } from "../deploy/vendor.mjs";

/** Waits until the hub says this of the newest revision, and gives the status. */
export function told({ customer, pod, target }, type) {
  let last;
  const is = async () => {
    const { deploymentRevisionId, latestStatus } = (last = await customer.deployment(target.id));
    return latestStatus?.deploymentRevisionId === deploymentRevisionId && latestStatus.type === type && latestStatus;
  };
  return until(`it is told: ${type}`, is, { tell: () => JSON.stringify(last, null, 1) + pod.agent.output.slice(-6000) });
}

/** Waits until the hub calls the newest revision healthy, which is of this version, as what runs is. Gives the deployment. */
export async function healthy(site, version) {
  await told(site, "healthy");
  const deployment = await site.customer.deployment(site.target.id);
  assert.equal(deployment.applicationVersionName, version);
  const web = await site.cluster.find(site.namespace, "deployment", "harbour-web");
  assert.equal(web.spec.template.spec.containers[0].image, `${site.image}:${version}`);
  assert.equal(web.status.readyReplicas, 1);
  return deployment;
}

/** The application's pods that are not being deleted, by their ids. */
export async function pods({ cluster, namespace }) {
  const { items } = await cluster.find(namespace, "pods", "-l", "app=harbour-web");
  return items.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.uid);
}

/** Helm's revisions of the release, as `number status`. */
export async function history({ cluster, namespace }) {
  const { items } = await cluster.find(namespace, "secrets", "-l", "owner=helm,name=harbour");
  const labels = items.map(({ metadata }) => metadata.labels);
  return labels.sort((a, b) => a.version - b.version).map(({ version, status }) => `${version} ${status}`);
}

/** What the chart got from the hub, as the application's pods would read it. */
export async function credentials({ cluster, namespace }) {
  const { data } = await cluster.find(namespace, "secret", "harbour-credentials");
  return { license: atob(data.license), password: atob(data.password) };
}

/** Waits until the hub shows a line of the application that matches, and gives all lines. */
export function logged({ customer, pod, target }, pattern) {
  const ask = async () => {
    const { id } = await customer.deployment(target.id);
    const { active } = await customer.call("GET", `deployments/${id}/logs/resources`);
    if (!active.length) return undefined;
    const query = active.map((resource) => `resource=${encodeURIComponent(resource)}`).join("&");
    const lines = (await customer.call("GET", `deployments/${id}/logs?${query}&limit=100`)).map(({ body }) => body);
    return lines.some((line) => pattern.test(line)) && lines;
  };
  return until(`the log shows ${pattern}`, ask, { tell: () => pod.agent.output.slice(-6000) });
}
