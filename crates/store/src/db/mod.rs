//! One SQL text with parameters `$1`, `$2`, … on two engines: SQLite in this process, or a PostgreSQL server.
//!
//! Everything runs in a transaction. What differs between the engines (types, locking, error codes, durability) stays in
//! this module; queries are written once.

mod commit;
pub(crate) mod postgres;
mod row;
pub(crate) mod sqlite;
mod tls;
mod value;

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::Error;

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Database(Inner);

#[derive(Clone, Debug)]
enum Inner {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// Which database engine is behind a [`Database`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file, in this process.
    Sqlite,
    /// A server.
    Postgres,
}

/// One step of the schema: forward only, never changed once released.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// What the step does, for people.
    pub name: &'static str,
    /// Its statements for SQLite: STRICT tables, unique indexes by `create unique index <name>`, no deferred constraints.
    pub sqlite: &'static str,
    /// Its statements for PostgreSQL.
    pub postgres: &'static str,
}

/// Limits that a deployment or a test may want to set otherwise.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for a lock held by another process or transaction. 5 s.
    pub lock_timeout: Duration,
    /// Connections for reading (SQLite) or at all (PostgreSQL). 8.
    pub connections: usize,
    /// Largest size of a SQLite database in pages of 4 KiB; `None` for SQLite's own limit.
    pub max_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self { lock_timeout: Duration::from_secs(5), connections: 8, max_pages: None }
    }
}

/// Counters since the start, for metrics and tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Transactions that were acknowledged as committed.
    pub commits: u64,
    /// Durable writes that they took; on SQLite many transactions share one.
    pub batches: u64,
}

impl Database {
    /// Opens `sqlite:PATH` (made if absent) or `postgres://…`. A PostgreSQL URL may say `sslmode=disable`, `prefer` (as if
    /// nothing is said), `require` (encrypted, server not checked) or `verify-full` (server's certificate and name checked
    /// against the machine's roots, or against those in the PEM file `sslrootcert`).
    ///
    /// # Errors
    /// [`Error::Url`] for a URL that can't be used, [`Error::Unavailable`] if the file can't be opened or the server can't
    /// be reached.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::open_with(url, Options::default()).await
    }

    /// As [`Database::open`], with limits.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub async fn open_with(url: &str, options: Options) -> Result<Self, Error> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Self(Inner::Sqlite(sqlite::Sqlite::open(path, options).await?)));
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Ok(Self(Inner::Postgres(postgres::Postgres::open(url, options).await?)));
        }
        Err(Error::Url("it starts neither with sqlite: nor with postgres:".to_owned()))
    }

    /// Applies the migrations that the database has not seen, each in a transaction of its own. Several processes may do
    /// so at once.
    ///
    /// # Errors
    /// [`Error::Migration`] if the database is newer than this program or has other migrations.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<(), Error> {
        match &self.0 {
            Inner::Sqlite(database) => crate::migrate::sqlite(database.path(), migrations).await,
            Inner::Postgres(database) => crate::migrate::postgres(database, migrations).await,
        }
    }

    /// A reading transaction: every query in it sees the same state, taken at the first one. A statement that writes fails
    /// with [`Unavailable::ReadOnly`](crate::error::Unavailable::ReadOnly).
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn read(&self) -> Result<Transaction, Error> {
        Ok(Transaction::new(match &self.0 {
            Inner::Sqlite(database) => Kind::Read(database.read().await?),
            Inner::Postgres(database) => Kind::Postgres(database.begin(postgres::Mode::Read).await?),
        }))
    }

    /// A writing transaction. On SQLite there is one at a time, so wait for nothing but the database inside of it: others
    /// stand in line. Never open a second one while holding one.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn write(&self) -> Result<Transaction, Error> {
        Ok(Transaction::new(match &self.0 {
            Inner::Sqlite(database) => Kind::Write(database.write().await?),
            Inner::Postgres(database) => Kind::Postgres(database.begin(postgres::Mode::Write).await?),
        }))
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// What was committed so far.
    pub fn stats(&self) -> Stats {
        match &self.0 {
            Inner::Sqlite(database) => database.stats(),
            Inner::Postgres(database) => database.stats(),
        }
    }
}

/// A transaction. Dropped without [`Transaction::commit`], it leaves no trace.
///
/// After a statement failed, every further one and the commit fail with [`Error::Aborted`], on both engines.
#[derive(Debug)]
pub struct Transaction {
    kind: Kind,
    failed: bool,
}

#[derive(Debug)]
enum Kind {
    Read(sqlite::Reading),
    Write(commit::Writing),
    Postgres(postgres::Running),
}

impl Transaction {
    fn new(kind: Kind) -> Self {
        Self { kind, failed: false }
    }

    /// Runs a statement that returns no rows and tells how many rows it changed.
    ///
    /// # Errors
    /// [`Error::Conflict`], [`Error::ForeignKey`] or [`Error::Check`] for a refused row; otherwise [`Error::Unavailable`],
    /// [`Error::Database`] or [`Error::Aborted`].
    pub async fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, Error> {
        self.check(params)?;
        let result = match &mut self.kind {
            Kind::Read(reading) => reading.execute(sql, params),
            Kind::Write(writing) => writing.execute(sql, params),
            Kind::Postgres(running) => running.execute(sql, params).await,
        };
        self.failed = result.is_err();
        result
    }

    /// Runs a statement and returns its rows, all of them: keep pages small.
    ///
    /// # Errors
    /// As [`Transaction::execute`].
    pub async fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
        self.check(params)?;
        let result = match &mut self.kind {
            Kind::Read(reading) => reading.query(sql, params),
            Kind::Write(writing) => writing.query(sql, params),
            Kind::Postgres(running) => running.query(sql, params).await,
        };
        self.failed = result.is_err();
        result
    }

    /// The first row of a statement's result, if there is one.
    ///
    /// # Errors
    /// As [`Transaction::execute`].
    pub async fn query_opt(&mut self, sql: &'static str, params: &[Value]) -> Result<Option<Row>, Error> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// Keeps other writing transactions that lock the same id waiting until this one ends. SQLite has one writer anyway.
    ///
    /// # Errors
    /// As [`Transaction::execute`].
    pub async fn lock(&mut self, id: Uuid) -> Result<(), Error> {
        if let Kind::Postgres(_) = self.kind {
            let (high, low) = id.as_u64_pair();
            let key = i64::from_ne_bytes((high ^ low.rotate_left(32)).to_ne_bytes());
            self.query("select pg_advisory_xact_lock($1)::text", &[Value::Int(key)]).await?;
        }
        Ok(())
    }

    /// Makes the changes durable and visible to others. When this returns `Ok`, they survive a crash.
    ///
    /// # Errors
    /// [`Error::Aborted`] after a failed statement; [`Error::Unavailable`] if the changes could not be made durable, in
    /// which case none is kept. If the connection to a server breaks meanwhile, or the future is dropped, the outcome is
    /// unknown.
    pub async fn commit(self) -> Result<(), Error> {
        if self.failed {
            return Err(Error::Aborted);
        }
        match self.kind {
            Kind::Read(reading) => reading.finish(),
            Kind::Write(writing) => writing.commit().await,
            Kind::Postgres(running) => running.commit().await,
        }
    }

    fn check(&self, params: &[Value]) -> Result<(), Error> {
        if self.failed {
            return Err(Error::Aborted);
        }
        if params.iter().any(Value::has_nul) {
            return Err(Error::Text);
        }
        Ok(())
    }
}

/// A parameter of a statement or a column of a row.
///
/// On SQLite a UUID is a `BLOB` of 16 bytes, a time an `INTEGER` of microseconds since 1970, a boolean an `INTEGER` of 0 or
/// 1; on PostgreSQL `uuid`, `timestamptz`, `boolean`. The rest is `TEXT`, `INTEGER`/`bigint` and `BLOB`/`bytea`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// No value, of any type.
    Null,
    /// An id.
    Uuid(Uuid),
    /// A text without NUL characters.
    Text(String),
    /// An integer.
    Int(i64),
    /// A boolean.
    Bool(bool),
    /// A time in UTC. Made by `From`, it is cut to microseconds, which both engines keep.
    Time(DateTime<Utc>),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// The parameters `$1`, `$2`, … of a statement, as a slice of [`Value`](crate::db::Value)s.
#[macro_export]
macro_rules! params {
    () => { &[] as &[$crate::db::Value] };
    ($($value:expr),+ $(,)?) => { &[$($crate::db::Value::from($value)),+] };
}

pub use crate::params;

/// One row of a result.
#[derive(Clone, Debug)]
pub struct Row {
    values: Vec<Value>,
    sql: &'static str,
}

/// A type that a column can be read as.
pub trait FromColumn: Sized {
    /// The value, or `None` if the column holds something else.
    fn from_column(value: &Value) -> Option<Self>;
}
