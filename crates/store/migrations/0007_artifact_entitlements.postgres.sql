-- What customers may pull.
create table artifact_entitlement (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  customer_id uuid not null references customer (id),
  name text collate "C" not null,
  name_fold text collate "C" not null,
  expires_at timestamptz,
  created_at timestamptz not null
);
create unique index artifact_entitlement_name_unique on artifact_entitlement (organization_id, customer_id, name_fold);
create index artifact_entitlement_customer on artifact_entitlement (customer_id);

-- One artifact of an entitlement. scope is chosen, current, all, pattern or range; expression is the pattern or range.
create table artifact_grant (
  entitlement_id uuid not null references artifact_entitlement (id),
  artifact_id uuid not null references artifact (id),
  position bigint not null,
  scope text not null,
  expression text,
  primary key (entitlement_id, artifact_id)
);
create index artifact_grant_artifact on artifact_grant (artifact_id);

-- The tags of a grant of chosen or current tags. A grant follows its tag.
create table artifact_grant_tag (
  entitlement_id uuid not null,
  artifact_id uuid not null,
  tag text collate "C" not null,
  primary key (entitlement_id, artifact_id, tag),
  foreign key (entitlement_id, artifact_id) references artifact_grant (entitlement_id, artifact_id)
);

-- The manifests of a grant of chosen versions, whatever their tags.
create table artifact_grant_manifest (
  entitlement_id uuid not null,
  artifact_id uuid not null,
  manifest_id uuid not null references manifest (id),
  primary key (entitlement_id, artifact_id, manifest_id),
  foreign key (entitlement_id, artifact_id) references artifact_grant (entitlement_id, artifact_id)
);
create index artifact_grant_manifest_manifest on artifact_grant_manifest (manifest_id);
