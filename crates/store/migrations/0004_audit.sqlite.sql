-- The head of each organization's audit chain; the nil organization is the hub's own.
create table audit_head (
  organization_id blob not null primary key,
  seq integer not null,
  hash text not null
) strict;

-- The audit log. hash covers the entry and the hash of the one before it.
create table audit_event (
  organization_id blob not null,
  seq integer not null,
  id blob not null,
  at integer not null,
  kind text not null,
  user_id blob,
  author text not null,
  credential text not null,
  address text not null,
  subject_kind text not null,
  subject_id text not null,
  subject_name text not null,
  customer_id blob,
  details text not null,
  hash text not null,
  primary key (organization_id, seq)
) strict, without rowid;
create index audit_event_subject on audit_event (organization_id, subject_id, seq);

-- First answers to creations that carried an Idempotency-Key.
create table idempotent_answer (
  organization_id blob not null references organization (id),
  user_id blob not null references user_account (id),
  idempotency_key text not null,
  request_hash text not null,
  answer text not null,
  created_at integer not null
) strict;
create unique index idempotent_answer_unique on idempotent_answer (organization_id, user_id, idempotency_key);
create index idempotent_answer_age on idempotent_answer (created_at);
