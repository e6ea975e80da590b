//! Tables that only these tests know, each in the words of both engines.

use grantry_store::db::{Database, Engine, Migration, params};

/// A table with a column of each type.
pub(crate) const TYPES: Migration = Migration {
    name: "types",
    sqlite:
        "create table types (id blob primary key, label text, number integer, flag integer, moment integer,
                 data blob) strict",
    postgres:
        "create table types (id uuid primary key, label text, number bigint, flag boolean, moment timestamptz,
                   data bytea)",
};

/// A parent and a child, with constraints of each kind.
pub(crate) const FAMILY: Migration = Migration {
    name: "family",
    sqlite: "create table parent (id integer primary key, name text not null, kind text not null, code text not null,
                 plain text unique, constraint parent_kind check (kind in ('a', 'b'))) strict;
             create unique index parent_name_kind on parent (name, kind);
             create unique index parent_code on parent (lower(code));
             create table child (id blob primary key, parent integer not null references parent (id) on delete restrict)
                 strict, without rowid",
    postgres: "create table parent (id bigint primary key, name text not null, kind text not null, code text not null,
                   plain text unique, constraint parent_kind check (kind in ('a', 'b')));
               create unique index parent_name_kind on parent (name, kind);
               create unique index parent_code on parent (lower(code));
               create table child (id uuid primary key, parent bigint not null references parent (id) on delete restrict)",
};

/// A table of numbers, each at most once.
pub(crate) const ENTRY: Migration = Migration {
    name: "entry",
    sqlite: "create table entry (number integer primary key, data blob) strict",
    postgres: "create table entry (number bigint primary key, data bytea)",
};

/// Makes tables in a test's database, and commits.
pub(crate) async fn make(database: &Database, step: Migration) {
    let text = if database.engine() == Engine::Sqlite { step.sqlite } else { step.postgres };
    let mut tx = database.write().await.unwrap();
    for statement in text.split(';') {
        tx.execute(statement, params![]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Puts a number into `entry`.
pub(crate) const INSERT: &str = "insert into entry (number) values ($1)";

/// The numbers in `entry`, as others see them.
pub(crate) async fn entries(database: &Database) -> Vec<i64> {
    let mut tx = database.read().await.unwrap();
    let rows = tx.query("select number from entry order by number", params![]).await.unwrap();
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}
