-- Vendors. name and slug as people give them; the plan decides what the organization may use.
create table organization (
  id uuid not null primary key,
  name text not null,
  slug text not null,
  plan text not null,
  plan_until timestamptz,
  created_at timestamptz not null
);
create unique index organization_slug_unique on organization (slug);

-- Buyers of a vendor. name_fold is the name without regard to case.
create table customer (
  id uuid not null primary key,
  organization_id uuid not null references organization (id),
  name text not null,
  name_fold text collate "C" not null,
  features text not null,
  created_at timestamptz not null
);
create unique index customer_name_unique on customer (organization_id, name_fold);
