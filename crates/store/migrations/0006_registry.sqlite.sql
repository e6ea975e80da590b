-- The number of the last entry that changes who may reach what. What was decided before it is decided anew.
alter table audit_head add column access_seq integer not null default 0;

-- Whether customers see only the artifacts that they are entitled to, and whether tags may move.
alter table organization add column artifacts_restricted integer not null default 0;
alter table organization add column tags_mutable integer not null default 0;

-- Repositories. change moves with every manifest, tag and link of the artifact; pushed_at is null before the first manifest.
-- upstream_password is sealed.
create table artifact (
  id blob not null primary key,
  organization_id blob not null references organization (id),
  name text not null,
  created_at integer not null,
  pushed_at integer,
  change integer not null,
  upstream_url text,
  upstream_username text,
  upstream_password blob,
  synced_at integer,
  sync_error text
) strict;
create unique index artifact_name_unique on artifact (organization_id, name);

-- Stored bytes, each content once in an organization. sha512 is set when the content was pushed under it; condemned_at
-- when no artifact links it any more.
create table blob (
  id blob not null primary key,
  organization_id blob not null references organization (id),
  storage_key text not null,
  size integer not null,
  sha256 text not null,
  sha512 text,
  created_at integer not null,
  condemned_at integer
) strict;
create unique index blob_sha256_unique on blob (organization_id, sha256);
create unique index blob_sha512_unique on blob (organization_id, sha512);
create unique index blob_storage_key_unique on blob (storage_key);
create index blob_condemned on blob (condemned_at) where condemned_at is not null;

-- Which blobs an artifact has. leased_until is null while a manifest needs the blob; until then one stays that none needs.
create table artifact_blob (
  artifact_id blob not null references artifact (id),
  blob_id blob not null references blob (id),
  leased_until integer,
  primary key (artifact_id, blob_id)
) strict, without rowid;
create index artifact_blob_by_blob on artifact_blob (blob_id);
create index artifact_blob_lease on artifact_blob (leased_until) where leased_until is not null;

-- Manifests, byte for byte as pushed. digest has the algorithm it was pushed under. artifact_type and annotations are what a
-- list of referrers says of it. orphaned_at is when its last tag or parent went; one that never had any is kept.
create table manifest (
  id blob not null primary key,
  organization_id blob not null references organization (id),
  artifact_id blob not null references artifact (id),
  digest text not null,
  media_type text not null,
  kind text not null,
  artifact_type text,
  annotations text,
  subject text,
  size integer not null,
  total_size integer not null,
  content blob not null,
  platforms text not null,
  pushed_at integer not null,
  pushed_by blob,
  orphaned_at integer
) strict;
create unique index manifest_digest_unique on manifest (artifact_id, digest);
create index manifest_subject on manifest (artifact_id, subject, digest) where subject is not null;
create index manifest_pushed on manifest (artifact_id, pushed_at);
create index manifest_orphaned on manifest (orphaned_at) where orphaned_at is not null;

-- What is reached through what, by digest within an artifact: who may pull above may pull below. A manifest's blobs and
-- children are below it (blob, child); it is below its subject (subject), also if it is attached by the form of its tag (tag).
-- manifest_id is the manifest that says so.
create table reach (
  artifact_id blob not null references artifact (id),
  manifest_id blob not null references manifest (id),
  below text not null,
  above text not null,
  kind text not null,
  size integer not null,
  primary key (manifest_id, below, above, kind)
) strict, without rowid;
create index reach_up on reach (artifact_id, below, above);
create index reach_down on reach (artifact_id, above, below);

create table tag (
  id blob not null primary key,
  artifact_id blob not null references artifact (id),
  name text not null,
  manifest_id blob not null references manifest (id),
  created_at integer not null,
  updated_at integer not null
) strict;
create unique index tag_name_unique on tag (artifact_id, name);
create index tag_manifest on tag (manifest_id);

-- Uploads that go on. progress is what the storage needs to continue, null before the first bytes; it is only replaced by who
-- saw the version before. Until claimed_until one request appends to it.
create table upload (
  id blob not null primary key,
  organization_id blob not null references organization (id),
  artifact_id blob not null references artifact (id),
  user_id blob,
  received integer not null,
  progress text,
  version integer not null,
  claimed_until integer,
  started_at integer not null,
  expires_at integer not null
) strict;
create index upload_expiry on upload (expires_at);
create index upload_artifact on upload (artifact_id);
