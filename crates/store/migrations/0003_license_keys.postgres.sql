-- Key pairs that sign license tokens. private_key is sealed with the master key; state is next, active or retired;
-- valid_until is the end of the last token that the key signed: a retired key stays published until then.
create table signing_key (
  id uuid not null primary key,
  key_id text not null,
  state text not null,
  public_key bytea not null,
  private_key bytea not null,
  valid_until timestamptz,
  created_at timestamptz not null
);
create unique index signing_key_unique on signing_key (key_id);
create unique index signing_key_active on signing_key (state) where state = 'active';

-- Named license records. current_seq is the number of the revision in force; expires_at is that revision's, kept
-- here so that lists can be ordered by it.
create table license_key (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  customer_id uuid references customer (id),
  name text not null,
  name_fold text collate "C" not null,
  description text not null,
  created_at timestamptz not null,
  current_seq bigint not null,
  not_before timestamptz not null,
  expires_at timestamptz not null
);
create unique index license_key_name_unique on license_key (organization_id, name_fold);
create index license_key_customer on license_key (organization_id, customer_id, expires_at);

-- Immutable contents of a license key, each with the token that was signed when it was made.
create table license_key_revision (
  id uuid not null primary key,
  license_key_id uuid not null references license_key (id),
  seq bigint not null,
  payload text not null,
  not_before timestamptz not null,
  expires_at timestamptz not null,
  grace bigint not null,
  token text not null,
  signing_key_id text not null,
  created_at timestamptz not null,
  created_by text not null
);
create unique index license_key_revision_unique on license_key_revision (license_key_id, seq);
