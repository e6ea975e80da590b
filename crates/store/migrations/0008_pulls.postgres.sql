-- Pulls, with the names of their time: they stay when what they name is deleted.
create table artifact_pull (
  id uuid not null primary key,
  organization_id uuid not null,
  at timestamptz not null,
  artifact_id uuid not null,
  artifact_name text not null,
  manifest_id uuid not null,
  reference text not null,
  digest text collate "C" not null,
  media_type text not null,
  customer_id uuid,
  customer_name text,
  user_id uuid,
  user_name text not null,
  user_email text not null,
  address text not null,
  user_agent text not null
);
create index artifact_pull_time on artifact_pull (organization_id, id);
create index artifact_pull_artifact on artifact_pull (organization_id, artifact_id, id);
create index artifact_pull_customer on artifact_pull (organization_id, customer_id, id);
