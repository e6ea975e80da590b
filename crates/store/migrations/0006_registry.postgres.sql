-- The number of the last entry that changes who may reach what. What was decided before it is decided anew.
alter table audit_head add column access_seq bigint not null default 0;

-- Whether customers see only the artifacts that they are entitled to, and whether tags may move.
alter table organization add column artifacts_restricted boolean not null default false;
alter table organization add column tags_mutable boolean not null default false;

-- Repositories. change moves with every manifest, tag and link of the artifact; pushed_at is null before the first manifest.
-- upstream_password is sealed.
create table artifact (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  name text collate "C" not null,
  created_at timestamptz not null,
  pushed_at timestamptz,
  change bigint not null,
  upstream_url text,
  upstream_username text,
  upstream_password bytea,
  synced_at timestamptz,
  sync_error text
);
create unique index artifact_name_unique on artifact (organization_id, name);

-- Stored bytes, each content once in an organization. sha512 is set when the content was pushed under it; condemned_at
-- when no artifact links it any more.
create table blob (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  storage_key text collate "C" not null,
  size bigint not null,
  sha256 text collate "C" not null,
  sha512 text collate "C",
  created_at timestamptz not null,
  condemned_at timestamptz
);
create unique index blob_sha256_unique on blob (organization_id, sha256);
create unique index blob_sha512_unique on blob (organization_id, sha512);
create unique index blob_storage_key_unique on blob (storage_key);
create index blob_condemned on blob (condemned_at) where condemned_at is not null;

-- Which blobs an artifact has. leased_until is null while a manifest needs the blob; until then one stays that none needs.
create table artifact_blob (
  artifact_id uuid not null references artifact (id),
  blob_id uuid not null references blob (id),
  leased_until timestamptz,
  primary key (artifact_id, blob_id)
);
create index artifact_blob_by_blob on artifact_blob (blob_id);
create index artifact_blob_lease on artifact_blob (leased_until) where leased_until is not null;

-- Manifests, byte for byte as pushed. digest has the algorithm it was pushed under. artifact_type and annotations are what a
-- list of referrers says of it. orphaned_at is when its last tag or parent went; one that never had any is kept.
create table manifest (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  artifact_id uuid not null references artifact (id),
  digest text collate "C" not null,
  media_type text not null,
  kind text not null,
  artifact_type text,
  annotations text,
  subject text collate "C",
  size bigint not null,
  total_size bigint not null,
  content bytea not null,
  platforms text not null,
  pushed_at timestamptz not null,
  pushed_by uuid,
  orphaned_at timestamptz
);
create unique index manifest_digest_unique on manifest (artifact_id, digest);
create index manifest_subject on manifest (artifact_id, subject, digest) where subject is not null;
create index manifest_pushed on manifest (artifact_id, pushed_at);
create index manifest_orphaned on manifest (orphaned_at) where orphaned_at is not null;

-- What is reached through what, by digest within an artifact: who may pull above may pull below. A manifest's blobs and
-- children are below it (blob, child); it is below its subject (subject), also if it is attached by the form of its tag (tag).
-- manifest_id is the manifest that says so.
create table reach (
  artifact_id uuid not null references artifact (id),
  manifest_id uuid not null references manifest (id),
  below text collate "C" not null,
  above text collate "C" not null,
  kind text not null,
  size bigint not null,
  primary key (manifest_id, below, above, kind)
);
create index reach_up on reach (artifact_id, below, above);
create index reach_down on reach (artifact_id, above, below);

create table tag (
  id uuid not null primary key,
  artifact_id uuid not null references artifact (id),
  name text collate "C" not null,
  manifest_id uuid not null references manifest (id),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index tag_name_unique on tag (artifact_id, name);
create index tag_manifest on tag (manifest_id);

-- Uploads that go on. progress is what the storage needs to continue, null before the first bytes; it is only replaced by who
-- saw the version before. Until claimed_until one request appends to it.
create table upload (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  artifact_id uuid not null references artifact (id),
  user_id uuid,
  received bigint not null,
  progress text,
  version bigint not null,
  claimed_until timestamptz,
  started_at timestamptz not null,
  expires_at timestamptz not null
);
create index upload_expiry on upload (expires_at);
create index upload_artifact on upload (artifact_id);
