-- What customers may pull.
create table artifact_entitlement (
  id blob not null primary key,
  organization_id blob not null references organization (id),
  customer_id blob not null references customer (id),
  name text not null,
  name_fold text not null,
  expires_at integer,
  created_at integer not null
) strict;
create unique index artifact_entitlement_name_unique on artifact_entitlement (organization_id, customer_id, name_fold);
create index artifact_entitlement_customer on artifact_entitlement (customer_id);

-- One artifact of an entitlement. scope is chosen, current, all, pattern or range; expression is the pattern or range.
create table artifact_grant (
  entitlement_id blob not null references artifact_entitlement (id),
  artifact_id blob not null references artifact (id),
  position integer not null,
  scope text not null,
  expression text,
  primary key (entitlement_id, artifact_id)
) strict, without rowid;
create index artifact_grant_artifact on artifact_grant (artifact_id);

-- The tags of a grant of chosen or current tags. A grant follows its tag.
create table artifact_grant_tag (
  entitlement_id blob not null,
  artifact_id blob not null,
  tag text not null,
  primary key (entitlement_id, artifact_id, tag),
  foreign key (entitlement_id, artifact_id) references artifact_grant (entitlement_id, artifact_id)
) strict, without rowid;

-- The manifests of a grant of chosen versions, whatever their tags.
create table artifact_grant_manifest (
  entitlement_id blob not null,
  artifact_id blob not null,
  manifest_id blob not null references manifest (id),
  primary key (entitlement_id, artifact_id, manifest_id),
  foreign key (entitlement_id, artifact_id) references artifact_grant (entitlement_id, artifact_id)
) strict, without rowid;
create index artifact_grant_manifest_manifest on artifact_grant_manifest (manifest_id);
