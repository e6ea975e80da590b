-- People. email_fold is the address without regard to case; no password_hash: a link was sent, nothing set yet.
create table user_account (
  id blob not null primary key,
  email text not null,
  email_fold text not null,
  name text not null,
  password_hash text,
  created_at integer not null
) strict;
create unique index user_account_email_unique on user_account (email_fold);

-- A user's place in an organization; customer_id is null for the vendor's staff.
create table membership (
  organization_id blob not null references organization (id),
  user_id blob not null references user_account (id),
  customer_id blob references customer (id),
  role text not null,
  joined_at integer not null
) strict;
create unique index membership_unique on membership (organization_id, user_id);
create index membership_user on membership (user_id);
create index membership_customer on membership (customer_id);

-- Signed-in browsers and clients. token_hash is the SHA-256 of the secret in the cookie.
create table session (
  id blob not null primary key,
  token_hash blob not null,
  user_id blob not null references user_account (id),
  organization_id blob references organization (id),
  created_at integer not null,
  last_used_at integer not null,
  expires_at integer not null,
  address text not null,
  user_agent text not null
) strict;
create unique index session_token_unique on session (token_hash);
create index session_by_user on session (user_id);

-- Credentials for scripts. token_hash is the SHA-256 of the secret; role is a ceiling, null follows the owner's.
create table access_token (
  id blob not null primary key,
  token_hash blob not null,
  organization_id blob not null references organization (id),
  user_id blob not null references user_account (id),
  label text not null,
  role text,
  created_at integer not null,
  expires_at integer,
  last_used_at integer
) strict;
create unique index access_token_unique on access_token (token_hash);
create index access_token_owner on access_token (organization_id, user_id);

-- One-time links: set-up of the hub (no user), invitation or new password (a user).
create table one_time_link (
  id blob not null primary key,
  token_hash blob not null,
  user_id blob references user_account (id),
  organization_id blob references organization (id),
  created_at integer not null,
  expires_at integer not null
) strict;
create unique index one_time_link_token_unique on one_time_link (token_hash);
create index one_time_link_user on one_time_link (user_id);
