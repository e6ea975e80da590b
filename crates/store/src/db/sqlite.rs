//! SQLite: opening, reading connections, running statements.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use grantry_model::name::fold;
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, ffi};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::commit::{Writer, Writing};
use super::row::corrupt;
use super::{Options, Row, Stats, Value};
use crate::error::{Error, Unavailable};

/// Prepared statements kept per connection; the program has a few hundred.
const STATEMENTS: usize = 512;

/// The size of the write-ahead log, in pages of 4 KiB, at which its content moves into the file.
const CHECKPOINT_PAGES: u32 = 4000;

/// A SQLite database: one connection that writes, several that read.
#[derive(Clone, Debug)]
pub(super) struct Sqlite {
    writer: Writer,
    readers: Arc<Readers>,
}

#[derive(Debug)]
struct Readers {
    path: PathBuf,
    options: Options,
    free: Arc<Semaphore>,
    /// Connections not in use; the one given back last is taken first, because its cache is warm.
    idle: Mutex<Vec<Connection>>,
}

impl Sqlite {
    pub(super) async fn open(path: &str, options: Options) -> Result<Self, Error> {
        if path.is_empty() || path.starts_with(":memory:") {
            return Err(Error::Url("sqlite: needs the path of a file".to_owned()));
        }
        let path = PathBuf::from(path);
        let (place, limits) = (path.clone(), options.clone());
        let connection = tokio::task::spawn_blocking(move || open_writer(&place, &limits))
            .await
            .map_err(|error| Error::Database(error.into()))??;
        let readers = Readers {
            path,
            free: Arc::new(Semaphore::new(options.connections.max(1))),
            idle: Mutex::default(),
            options: options.clone(),
        };
        Ok(Self { writer: Writer::new(connection, options.lock_timeout)?, readers: Arc::new(readers) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.readers.path
    }

    pub(super) async fn read(&self) -> Result<Reading, Error> {
        let free = Arc::clone(&self.readers.free);
        let permit = match Arc::clone(&free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => tokio::time::timeout(self.readers.options.lock_timeout, free.acquire_owned())
                .await
                .ok()
                .and_then(Result::ok)
                .ok_or_else(|| Error::unavailable(Unavailable::Exhausted))?,
        };
        let idle = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.readers.path, &self.readers.options)?,
        };
        run(&connection, "BEGIN")?;
        Ok(Reading { connection: Some(connection), readers: Arc::clone(&self.readers), _permit: permit })
    }

    pub(super) async fn write(&self) -> Result<Writing, Error> {
        self.writer.begin().await
    }

    pub(super) fn stats(&self) -> Stats {
        self.writer.stats()
    }
}

/// A transaction on a connection that can't write.
#[derive(Debug)]
pub(super) struct Reading {
    /// Present until dropped.
    connection: Option<Connection>,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl Reading {
    pub(super) fn execute(&self, sql: &'static str, params: &[Value]) -> Result<u64, Error> {
        execute(self.connection.as_ref().ok_or(Error::Aborted)?, sql, params)
    }

    pub(super) fn query(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
        query(self.connection.as_ref().ok_or(Error::Aborted)?, sql, params)
    }

    /// Ends the snapshot; there is nothing to commit.
    pub(super) fn finish(self) -> Result<(), Error> {
        drop(self);
        Ok(())
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        // A connection that can't end its transaction would hand a stale snapshot to the next reader: it is closed.
        if connection.is_autocommit() || run(&connection, "ROLLBACK").is_ok() {
            self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

fn open_writer(path: &Path, options: &Options) -> Result<Connection, Error> {
    make_private(path)?;
    let connection = connect(path, options)?;
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(Error::from)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(Error::unavailable(Unavailable::CannotOpen));
    }
    // What was acknowledged survives a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    // Under load a page changes in many transactions, and is written to its place once for all since the last checkpoint.
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    if let Some(pages) = options.max_pages {
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(connection)
}

fn open_reader(path: &Path, options: &Options) -> Result<Connection, Error> {
    let connection = connect(path, options)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Opens a connection with what every connection of ours has.
pub(crate) fn connect(path: &Path, options: &Options) -> Result<Connection, Error> {
    // No mutex: a connection is only ever used by the one transaction that owns it.
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(options.lock_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Plans must not depend on the values bound: otherwise SQLite compiles a statement anew each time it is used, as soon
    // as its plan might, for example for `limit $3` and `$2 is null`.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // SQLite's own `lower` knows the case of ASCII letters only. On PostgreSQL, a migration makes this function.
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("fold", 1, flags, |context| {
        context.get::<String>(0).map(|text| fold(&text))
    })?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// Makes an absent file readable by its owner only; SQLite gives its companions the same permissions.
fn make_private(path: &Path) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        // An existing file that may not be written is still good for reading.
        Err(_) if path.is_file() => Ok(()),
        Err(error) => {
            Err(Error::Unavailable { reason: Unavailable::CannotOpen, source: Some(Box::new(error)) })
        }
    }
}

/// Runs a statement without parameters and rows, such as `BEGIN`.
pub(super) fn run(connection: &Connection, sql: &'static str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}

pub(super) fn execute(connection: &Connection, sql: &'static str, params: &[Value]) -> Result<u64, Error> {
    let run = || -> Result<u64, Failed> {
        let mut statement = connection.prepare_cached(sql)?;
        bind(&mut statement, params)?;
        Ok(statement.raw_execute()? as u64)
    };
    run().map_err(|failed| failed.explain(connection))
}

pub(super) fn query(connection: &Connection, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
    let run = || -> Result<Vec<Row>, Failed> {
        let mut statement = connection.prepare_cached(sql)?;
        bind(&mut statement, params)?;
        let columns = statement.column_count();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let mut values = Vec::with_capacity(columns);
            for index in 0..columns {
                let value = read(row.get_ref(index)?);
                values.push(value.ok_or_else(|| corrupt(sql, index, values.first()))?);
            }
            found.push(Row::new(values, sql));
        }
        Ok(found)
    };
    run().map_err(|failed| failed.explain(connection))
}

/// A failure of a statement, before SQLite's constraint is known by name.
enum Failed {
    Sqlite(rusqlite::Error),
    Other(Error),
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl Failed {
    #[cold]
    fn explain(self, connection: &Connection) -> Error {
        match self {
            Self::Sqlite(error) => match unique(connection, &error) {
                Some(constraint) => Error::Conflict { constraint },
                None => error.into(),
            },
            Self::Other(error) => error,
        }
    }
}

/// Binds `$n` by its number: SQLite numbers such names by their first appearance.
fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Value]) -> Result<(), Error> {
    let mut used = 0;
    for index in 1..=statement.parameter_count() {
        let number = statement.parameter_name(index).and_then(|name| name.get(1..)?.parse::<usize>().ok());
        let number = number.ok_or_else(|| mistake("a parameter is not named $1, $2, …"))?;
        let value = params.get(number.wrapping_sub(1)).ok_or_else(|| mistake("a parameter has no value"))?;
        statement.raw_bind_parameter(index, value)?;
        used = used.max(number);
    }
    if used == params.len() { Ok(()) } else { Err(mistake("a value has no parameter")) }
}

fn mistake(text: &'static str) -> Error {
    Error::Database(text.into())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Uuid(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Int(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Bool(flag) => ToSqlOutput::Borrowed(ValueRef::Integer((*flag).into())),
            Self::Time(time) => ToSqlOutput::Borrowed(ValueRef::Integer(micros(time))),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

fn micros(time: &DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// A stored value; 16 bytes are taken for an id, which reads back as bytes too. `None` for a float or a text that is no
/// UTF-8, which no column of ours holds.
fn read(value: ValueRef<'_>) -> Option<Value> {
    match value {
        ValueRef::Null => Some(Value::Null),
        ValueRef::Integer(number) => Some(Value::Int(number)),
        ValueRef::Text(text) => Some(Value::Text(std::str::from_utf8(text).ok()?.to_owned())),
        ValueRef::Blob(bytes) => {
            Some(Uuid::from_slice(bytes).map_or_else(|_| Value::Bytes(bytes.to_vec()), Value::Uuid))
        }
        ValueRef::Real(_) => None,
    }
}

/// The name of the unique index that a statement ran into. SQLite tells `t.a, t.b`, so the schema is asked for the index
/// on just these columns; only for an index with expressions it tells the name itself.
fn unique(connection: &Connection, error: &rusqlite::Error) -> Option<String> {
    let rusqlite::Error::SqliteFailure(code, Some(message)) = error else { return None };
    let kinds =
        [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_ROWID];
    if !kinds.contains(&code.extended_code) {
        return None;
    }
    let what = message.strip_prefix("UNIQUE constraint failed: ").unwrap_or(message);
    if let Some(name) = what.strip_prefix("index '") {
        return Some(name.trim_end_matches('\'').to_owned());
    }
    let mut table = "";
    let mut columns = Vec::new();
    for column in what.split(", ") {
        let (owner, name) = column.split_once('.')?;
        table = owner;
        columns.push(name);
    }
    Some(index_on(connection, table, &columns).unwrap_or_else(|| what.to_owned()))
}

fn index_on(connection: &Connection, table: &str, columns: &[&str]) -> Option<String> {
    let mut list =
        connection.prepare_cached("select name, origin from pragma_index_list(?1) where \"unique\"").ok()?;
    let mut info = connection.prepare_cached("select name from pragma_index_info(?1) order by seqno").ok()?;
    let indexes =
        list.query_map([table], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).ok()?;
    for (name, origin) in indexes.flatten() {
        let on: Vec<Option<String>> = info.query_map([&name], |row| row.get(0)).ok()?.flatten().collect();
        if on.iter().map(Option::as_deref).eq(columns.iter().copied().map(Some)) {
            return Some(match origin.as_str() {
                "c" => name,
                "pk" => format!("{table}_pkey"),
                // PostgreSQL's name for a constraint that was given none.
                _ => format!("{table}_{}_key", columns.join("_")),
            });
        }
    }
    // The key of a rowid table has no index.
    Some(format!("{table}_pkey"))
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(code, message) = &error else {
            return Self::Database(Box::new(error));
        };
        let text = message.as_deref().unwrap_or_default();
        let reason = match (code.extended_code & 0xff, code.extended_code) {
            (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => return Self::ForeignKey,
            (_, ffi::SQLITE_CONSTRAINT_TRIGGER) if text.starts_with("FOREIGN KEY") => {
                return Self::ForeignKey;
            }
            (_, ffi::SQLITE_CONSTRAINT_CHECK) => {
                let constraint = text.rsplit_once(": ").map_or(text, |(_, name)| name).to_owned();
                return Self::Check { constraint };
            }
            (ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED, _) => Unavailable::Locked,
            (ffi::SQLITE_READONLY | ffi::SQLITE_PERM, _) => Unavailable::ReadOnly,
            (ffi::SQLITE_FULL, _) => Unavailable::Full,
            (ffi::SQLITE_IOERR, _) => Unavailable::Io,
            (ffi::SQLITE_CANTOPEN, _) => Unavailable::CannotOpen,
            (ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB, _) => Unavailable::Damaged,
            _ => return Self::Database(Box::new(error)),
        };
        Self::Unavailable { reason, source: Some(Box::new(error)) }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;
    use crate::db::params;

    #[test]
    fn statements_are_compiled_once_whatever_is_bound() {
        let folder = tempfile::tempdir().unwrap();
        let connection = connect(&folder.path().join("test.db"), &Options::default()).unwrap();
        connection.execute_batch("create table entry (number integer) strict").unwrap();
        let sql = "select number from entry where (number = $1 or $1 is null) limit $2";
        for number in 1..=3 {
            query(&connection, sql, params![number, number]).unwrap();
        }
        let statement = connection.prepare_cached(sql).unwrap();
        assert_eq!(statement.get_status(StatementStatus::Run), 3, "this is the statement that ran");
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
