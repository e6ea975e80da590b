// The chart that is deployed: a web server, its settings, and a store with a volume.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../program.mjs";

const VALUES = `image: tide
replicas: 1
imagePullSecrets: []
greeting: hello
license: ""
password: ""
store: false
`;

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-settings
data:
  greeting: {{ .Values.greeting | quote }}
  chart: {{ .Chart.Version | quote }}
`;

const CREDENTIALS = `apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-credentials
stringData:
  license: {{ .Values.license | quote }}
  password: {{ .Values.password | quote }}
`;

// A pod reads its credentials when it starts, so other ones make other pods.
const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: {{ .Release.Name }}-web}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}-web}
      annotations:
        checksum/credentials: {{ include (print $.Template.BasePath "/credentials.yaml") . | sha256sum }}
    spec:
      imagePullSecrets: {{ toJson .Values.imagePullSecrets }}
      containers:
        - name: web
          image: {{ .Values.image }}
`;

const STORE = `{{- if .Values.store }}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}-store
spec:
  serviceName: store
  selector:
    matchLabels: {app: {{ .Release.Name }}-store}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}-store}
    spec:
      containers:
        - name: store
          image: store
  volumeClaimTemplates:
    - metadata:
        name: data
        labels: {app.kubernetes.io/instance: {{ .Release.Name }}}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Mi}}
{{- end }}
`;

/** Packs a version of the chart below `folder`, as `helm package` does; gives the path of the file. */
export async function pack(folder, version) {
  const chart = join(folder, `chart-${version}`);
  const files = {
    "Chart.yaml": `apiVersion: v2\nname: harbour\nversion: ${version}\nkubeVersion: ">=1.30.0-0"\n`,
    "values.yaml": VALUES,
    "templates/config.yaml": CONFIG,
    "templates/credentials.yaml": CREDENTIALS,
    "templates/web.yaml": WEB,
    "templates/store.yaml": STORE,
  };
  await mkdir(join(chart, "templates"), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(chart, name), content);
  await run("helm", ["package", chart, "--destination", folder], { env: { HOME: folder } });
  return join(folder, `harbour-${version}.tgz`);
}
