-- How much an artifact that is pulled through keeps of its upstream's blobs, in bytes, for how many days without a pull, and
-- how often all its tags are compared. sync_due_at is when that is due next; who compares moves it on first, so that nobody
-- else does meanwhile.
alter table artifact add column cache_limit integer;
alter table artifact add column cache_days integer;
alter table artifact add column sync_hours integer;
alter table artifact add column sync_due_at integer;
create index artifact_sync_due on artifact (sync_due_at) where sync_due_at is not null;

-- When a blob was pulled last from an artifact that is pulled through.
alter table artifact_blob add column used_at integer;
update artifact_blob set used_at = (select b.created_at from blob b where b.id = artifact_blob.blob_id)
  where artifact_id in (select id from artifact where upstream_url is not null);
