//! Tables that only these tests know, each in the words of both engines.

use grantry_store::db::{Engine, Migration, params};
use grantry_testdb::database::TestDatabase;

/// A table with a column of each type.
pub struct Types;
/// A parent and a child, with named constraints of each kind.
pub struct Family;

/// Something that can be made in a test's database.
pub trait Schema {
    /// The statements that make it.
    const STEP: Migration;
}

impl Schema for Types {
    const STEP: Migration = Migration {
        name: "types",
        sqlite: "create table types (id blob primary key, label text, number integer, flag integer, moment integer, data blob) strict",
        postgres: "create table types (id uuid primary key, label text, number bigint, flag boolean, moment timestamptz, data bytea)",
    };
}

impl Schema for Family {
    const STEP: Migration = Migration {
        name: "family",
        sqlite: "create table parent (id integer primary key, name text not null, kind text not null, code text not null,
                     plain text unique, constraint parent_kind check (kind in ('a', 'b'))) strict;
                 create unique index parent_name_kind on parent (name, kind);
                 create unique index parent_code on parent (lower(code));
                 create table child (id blob primary key, parent integer not null references parent (id) on delete restrict) strict, without rowid;",
        postgres: "create table parent (id bigint primary key, name text not null, kind text not null, code text not null,
                       plain text unique, constraint parent_kind check (kind in ('a', 'b')));
                   create unique index parent_name_kind on parent (name, kind);
                   create unique index parent_code on parent (lower(code));
                   create table child (id uuid primary key, parent bigint not null references parent (id) on delete restrict);",
    };
}

/// Makes it, and commits.
pub async fn all<S: Schema>(db: &TestDatabase, _: S) {
    let step = S::STEP;
    let text = if db.database.engine() == Engine::Sqlite { step.sqlite } else { step.postgres };
    let mut tx = db.database.write().await.unwrap();
    for statement in text.split(';').filter(|statement| !statement.trim().is_empty()) {
        tx.execute(statement, params![]).await.unwrap();
    }
    tx.commit().await.unwrap();
}
