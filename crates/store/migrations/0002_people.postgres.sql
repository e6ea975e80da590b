-- People. email_fold is the address without regard to case; no password_hash: a link was sent, nothing set yet.
create table user_account (
  id uuid not null primary key,
  email text not null,
  email_fold text collate "C" not null,
  name text not null,
  password_hash text,
  created_at timestamptz not null
);
create unique index user_account_email_unique on user_account (email_fold);

-- A user's place in an organization; customer_id is null for the vendor's staff.
create table membership (
  organization_id uuid not null references organization (id),
  user_id uuid not null references user_account (id),
  customer_id uuid references customer (id),
  role text not null,
  joined_at timestamptz not null
);
create unique index membership_unique on membership (organization_id, user_id);
create index membership_user on membership (user_id);
create index membership_customer on membership (customer_id);

-- Signed-in browsers and clients. token_hash is the SHA-256 of the secret in the cookie.
create table session (
  id uuid not null primary key,
  token_hash bytea not null,
  user_id uuid not null references user_account (id),
  organization_id uuid references organization (id),
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  address text not null,
  user_agent text not null
);
create unique index session_token_unique on session (token_hash);
create index session_by_user on session (user_id);

-- Credentials for scripts. token_hash is the SHA-256 of the secret; role is a ceiling, null follows the owner's.
create table access_token (
  id uuid not null primary key,
  token_hash bytea not null,
  organization_id uuid not null references organization (id),
  user_id uuid not null references user_account (id),
  label text not null,
  role text,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz
);
create unique index access_token_unique on access_token (token_hash);
create index access_token_owner on access_token (organization_id, user_id);

-- One-time links: set-up of the hub (no user), invitation or new password (a user).
create table one_time_link (
  id uuid not null primary key,
  token_hash bytea not null,
  user_id uuid references user_account (id),
  organization_id uuid references organization (id),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create unique index one_time_link_token_unique on one_time_link (token_hash);
create index one_time_link_user on one_time_link (user_id);
