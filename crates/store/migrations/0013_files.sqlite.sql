-- Small images that members uploaded, each at most 100 KiB. content_type is what the bytes say.
create table file (
  id blob not null primary key,
  organization_id blob not null references organization (id),
  content_type text not null,
  size integer not null,
  content blob not null,
  created_at integer not null
) strict;
create index file_time on file (organization_id, created_at, id);

-- The image that is shown with the name.
alter table application add column image_id blob references file (id);
alter table artifact add column image_id blob references file (id);
alter table customer add column image_id blob references file (id);
create index application_image on application (image_id) where image_id is not null;
create index artifact_image on artifact (image_id) where image_id is not null;
create index customer_image on customer (image_id) where image_id is not null;
