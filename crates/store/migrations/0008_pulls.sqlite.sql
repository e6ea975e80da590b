-- Pulls, with the names of their time: they stay when what they name is deleted.
create table artifact_pull (
  id blob not null primary key,
  organization_id blob not null,
  at integer not null,
  artifact_id blob not null,
  artifact_name text not null,
  manifest_id blob not null,
  reference text not null,
  digest text not null,
  media_type text not null,
  customer_id blob,
  customer_name text,
  user_id blob,
  user_name text not null,
  user_email text not null,
  address text not null,
  user_agent text not null
) strict;
create index artifact_pull_time on artifact_pull (organization_id, id);
create index artifact_pull_artifact on artifact_pull (organization_id, artifact_id, id);
create index artifact_pull_customer on artifact_pull (organization_id, customer_id, id);
