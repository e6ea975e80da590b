-- Whether customers see only the applications that they are entitled to.
alter table organization add column applications_restricted boolean not null default false;

-- What agents deploy. kind is docker or kubernetes.
create table application (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  name text collate "C" not null,
  name_fold text collate "C" not null,
  kind text not null,
  created_at timestamptz not null
);
create unique index application_name_unique on application (organization_id, name_fold);

-- Immutable versions of an application: only name and archived_at change. Files are kept byte for byte as uploaded. A Docker
-- version has a compose_file, a Kubernetes version a chart: chart_kind is repository or oci.
create table application_version (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  application_id uuid not null references application (id),
  name text collate "C" not null,
  name_fold text collate "C" not null,
  link_template text not null,
  chart_kind text,
  chart_name text,
  chart_url text,
  chart_version text,
  compose_file bytea,
  values_file bytea,
  template_file bytea,
  created_at timestamptz not null,
  archived_at timestamptz
);
create unique index application_version_name_unique on application_version (application_id, name_fold);
create index application_version_time on application_version (application_id, created_at);

-- Markdown documents of a version.
create table application_resource (
  id uuid not null primary key,
  version_id uuid not null references application_version (id),
  name text not null,
  content text not null,
  visible_to_customers boolean not null,
  position bigint not null
);
create index application_resource_version on application_resource (version_id, position);

-- What customers may deploy. scope is chosen, current, all, range or published_until; expression is the range, published_until
-- the last moment of the other. registry_* are credentials for a private registry, all or none; the password is sealed.
create table application_entitlement (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  customer_id uuid not null references customer (id),
  application_id uuid not null references application (id),
  name text collate "C" not null,
  name_fold text collate "C" not null,
  expires_at timestamptz,
  created_at timestamptz not null,
  scope text not null,
  expression text,
  published_until timestamptz,
  registry_host text,
  registry_username text,
  registry_password bytea
);
create unique index application_entitlement_name_unique on application_entitlement (organization_id, customer_id, name_fold);
create index application_entitlement_customer on application_entitlement (customer_id);
create index application_entitlement_application on application_entitlement (application_id);

-- The versions of an entitlement to chosen or current versions.
create table application_grant_version (
  entitlement_id uuid not null references application_entitlement (id),
  version_id uuid not null references application_version (id),
  primary key (entitlement_id, version_id)
);
create index application_grant_version_version on application_grant_version (version_id);
