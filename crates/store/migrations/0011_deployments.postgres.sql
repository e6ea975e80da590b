-- The number of the last entry that changes what agents should run. What was rendered before it is rendered anew.
alter table audit_head add column desired_seq bigint not null default 0;

-- Values that templates read, sealed. Those of a customer are read by its deployments, those of none by the vendor's own.
create table secret (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  customer_id uuid references customer (id),
  key text collate "C" not null,
  key_fold text collate "C" not null,
  value bytea not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  updated_by uuid,
  updated_by_name text not null
);
create unique index secret_key_unique on secret (organization_id, customer_id, key_fold) where customer_id is not null;
create unique index secret_own_key_unique on secret (organization_id, key_fold) where customer_id is null;

-- Environments that an agent works in. kind is docker or kubernetes; namespace and namespace_scope (cluster or namespace) are of
-- Kubernetes, docker_endpoint and autoheal of Docker. resources is JSON text. secret_hash is null until the first connection is
-- made; credential counts the secrets, so that a token of the one before is refused.
create table deployment_target (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  customer_id uuid references customer (id),
  name text collate "C" not null,
  name_fold text collate "C" not null,
  kind text not null,
  namespace text,
  namespace_scope text,
  docker_endpoint text,
  resources text,
  metrics_enabled boolean not null,
  logs_enabled boolean not null,
  logs_after timestamptz,
  image_cleanup_enabled boolean not null,
  autoheal_enabled boolean not null,
  automatic_updates_enabled boolean not null,
  created_at timestamptz not null,
  secret_hash bytea,
  credential bigint not null,
  agent_version text,
  seen_at timestamptz
);
create unique index deployment_target_name_unique
  on deployment_target (organization_id, customer_id, name_fold) where customer_id is not null;
create unique index deployment_target_own_name_unique
  on deployment_target (organization_id, name_fold) where customer_id is null;

-- Notes on a target: the vendor's and the customer's, each unseen by the other. side is vendor or customer.
create table deployment_target_note (
  target_id uuid not null references deployment_target (id),
  side text not null,
  text text not null,
  updated_at timestamptz not null,
  updated_by uuid,
  primary key (target_id, side)
);

-- One application at a target. rendered is what the agent was last told, sealed, and kept while it can't be rendered anew, for
-- the reason in render_error. current_seq is the number of the newest revision.
create table deployment (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  target_id uuid not null references deployment_target (id),
  application_id uuid not null references application (id),
  entitlement_id uuid references application_entitlement (id),
  release_name text collate "C",
  docker_type text,
  keep_volumes boolean not null,
  current_seq bigint not null,
  created_at timestamptz not null,
  rendered bytea,
  rendered_revision_id uuid,
  render_error text
);
create unique index deployment_release_unique on deployment (target_id, release_name) where release_name is not null;
create index deployment_application on deployment (application_id);
create index deployment_entitlement on deployment (entitlement_id) where entitlement_id is not null;

-- Desired states of a deployment, immutable. Texts are unrendered. helm_options is JSON text. values_hash is SHA-256 over what
-- they rendered to when the revision was made.
create table deployment_revision (
  id uuid not null primary key,
  deployment_id uuid not null references deployment (id),
  seq bigint not null,
  version_id uuid not null references application_version (id),
  values_yaml text,
  env_file text,
  helm_options text,
  force_restart boolean not null,
  ignore_revision_skew boolean not null,
  values_hash bytea not null,
  created_at timestamptz not null,
  created_by uuid,
  created_by_name text not null,
  reason text not null
);
create unique index deployment_revision_unique on deployment_revision (deployment_id, seq);
create index deployment_revision_version on deployment_revision (version_id);

-- What agents said of a deployment. A row is added when kind or message changes; until is when it was last said.
create table deployment_status (
  id uuid not null primary key,
  deployment_id uuid not null references deployment (id),
  revision_id uuid not null references deployment_revision (id),
  kind text not null,
  message text not null,
  created_at timestamptz not null,
  until timestamptz not null
);
create index deployment_status_time on deployment_status (deployment_id, id);

-- Lines that deployed containers wrote, and lines of agents themselves, where deployment_id and revision_id are null.
create table log_line (
  id uuid not null primary key,
  target_id uuid not null references deployment_target (id),
  deployment_id uuid references deployment (id),
  revision_id uuid,
  resource text collate "C" not null,
  at timestamptz not null,
  severity text not null,
  body text not null
);
create index log_line_target on log_line (target_id, id) where deployment_id is null;
create index log_line_deployment on log_line (deployment_id, resource, id) where deployment_id is not null;

-- What agents measured of their machine or cluster. cpu_usage and memory_usage are in thousandths; disks is JSON text.
create table target_metric (
  target_id uuid not null references deployment_target (id),
  at timestamptz not null,
  cpu_millicores bigint not null,
  cpu_usage bigint not null,
  memory_bytes bigint not null,
  memory_usage bigint not null,
  disks text,
  primary key (target_id, at)
);
