//! PostgreSQL: a pool of connections, running statements.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use chrono::{DateTime, Utc};
use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, WrongType, to_sql_checked};
use uuid::Uuid;

use super::row::corrupt;
use super::{Options, Row, Stats, Value, tls};
use crate::error::{Error, Source, Unavailable};

/// A statement that runs longer is given up, so that a forgotten one holds no locks.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);
/// So is a transaction in which nothing happens.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A PostgreSQL database.
#[derive(Clone, Debug)]
pub(crate) struct Postgres {
    pool: Pool,
    committed: Arc<AtomicU64>,
}

/// What a transaction may do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    /// Read one snapshot.
    Read,
    /// Change rows; each statement sees what was committed before it.
    Write,
}

impl Postgres {
    pub(super) async fn open(url: &str, options: Options) -> Result<Self, Error> {
        let target = tls::target(url)?;
        let mut config: tokio_postgres::Config =
            target.url.parse().map_err(|error: tokio_postgres::Error| {
                // The driver's text names the parameter at fault and no value.
                Error::Url(
                    std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string),
                )
            })?;
        if config.get_application_name().is_none() {
            config.application_name("grantry");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        let fast = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, tls::connector(&target)?, fast);
        // Set by a statement: connection poolers in between refuse unknown start-up parameters.
        let setup = format!(
            "set lock_timeout = {}; set statement_timeout = {}; set idle_in_transaction_session_timeout = {}; \
             set time zone 'UTC'",
            options.lock_timeout.as_millis(),
            STATEMENT_TIMEOUT.as_millis(),
            IDLE_TIMEOUT.as_millis(),
        );
        let pool = Pool::builder(manager)
            .max_size(options.connections.max(1))
            .wait_timeout(Some(options.lock_timeout * 2))
            .create_timeout(Some(CONNECT_TIMEOUT * 2))
            .runtime(Runtime::Tokio1)
            .post_create(Hook::async_fn(move |client, _| {
                let setup = setup.clone();
                Box::pin(async move { client.batch_execute(&setup).await.map_err(HookError::Backend) })
            }))
            .build()
            .map_err(|error| Error::Database(Box::new(error)))?;
        // A wrong URL is told at the start, not at the first request.
        drop(pool.get().await?);
        Ok(Self { pool, committed: Arc::default() })
    }

    pub(crate) async fn begin(&self, mode: Mode) -> Result<Running, Error> {
        let begin = match mode {
            Mode::Read => "begin isolation level repeatable read read only",
            Mode::Write => "begin isolation level read committed read write",
        };
        // After a restart of the server every idle connection is dead, and that shows only when it is used.
        let mut left = self.pool.status().size;
        loop {
            let client = Some(self.pool.get().await?);
            let running = Running { client, committed: Arc::clone(&self.committed) };
            match running.batch(begin).await {
                Err(Error::Unavailable { reason: Unavailable::Connection, .. }) if left > 0 => left -= 1,
                result => return result.map(|()| running),
            }
        }
    }

    pub(super) fn stats(&self) -> Stats {
        let commits = self.committed.load(Ordering::Relaxed);
        Stats { commits, batches: commits }
    }
}

/// A transaction on a connection of the pool.
#[derive(Debug)]
pub(crate) struct Running {
    /// Present until the transaction ended well.
    client: Option<Object>,
    committed: Arc<AtomicU64>,
}

impl Running {
    fn client(&self) -> Result<&Object, Error> {
        self.client.as_ref().ok_or(Error::Aborted)
    }

    /// Runs statements without parameters.
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), Error> {
        Ok(self.client()?.batch_execute(sql).await?)
    }

    pub(crate) async fn execute(&self, sql: &'static str, params: &[Value]) -> Result<u64, Error> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await?;
        Ok(client.execute(&statement, &bound(params)).await?)
    }

    pub(crate) async fn query(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &bound(params)).await?;
        rows.iter().map(|row| read(row, sql)).collect()
    }

    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        self.batch("commit").await?;
        self.committed.fetch_add(1, Ordering::Relaxed);
        drop(self.client.take());
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        // The first poll sends the statement, and the answer is awaited by the connection's own task. Whoever gets the
        // connection next sends after it, and so finds no transaction.
        let _ = pin!(client.batch_execute("rollback")).poll(&mut Context::from_waker(Waker::noop()));
    }
}

fn bound(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn read(row: &tokio_postgres::Row, sql: &'static str) -> Result<Row, Error> {
    let mut values = Vec::with_capacity(row.len());
    for index in 0..row.len() {
        let value = row.try_get(index).map_err(|_| corrupt(sql, index, values.first()))?;
        values.push(value);
    }
    Ok(Row::new(values, sql))
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Source> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Uuid(id) => checked(id, ty, out),
            Self::Text(text) => checked(text, ty, out),
            Self::Int(number) => match *ty {
                Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
                Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
                _ => checked(number, ty, out),
            },
            Self::Bool(flag) => checked(flag, ty, out),
            Self::Time(time) => checked(time, ty, out),
            Self::Bytes(bytes) => checked(bytes, ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Encodes only what the server expects there: a value of another type would be taken for something else.
fn checked<T: ToSql>(value: &T, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Source> {
    if T::accepts(ty) { value.to_sql(ty, out) } else { Err(Box::new(WrongType::new::<T>(ty.clone()))) }
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Source> {
        Ok(match *ty {
            Type::UUID => Self::Uuid(Uuid::from_sql(ty, raw)?),
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(ty, raw)?.into()),
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::TIMESTAMPTZ => Self::Time(DateTime::<Utc>::from_sql(ty, raw)?),
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            _ => Self::Text(String::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Source> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::UUID | Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::TIMESTAMPTZ | Type::BYTEA
        ) || <String as FromSql>::accepts(ty)
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
                match Self::from(error) {
                    // Without an answer of the server a connection can only fail for one reason.
                    Self::Database(source) => {
                        Self::Unavailable { reason: Unavailable::Connection, source: Some(source) }
                    }
                    known => known,
                }
            }
            PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => {
                Self::unavailable(Unavailable::Exhausted)
            }
            other => Self::Unavailable { reason: Unavailable::Connection, source: Some(Box::new(other)) },
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(told) = error.as_db_error() else {
            let broken = error.is_closed()
                || std::error::Error::source(&error).is_some_and(|source| source.is::<std::io::Error>());
            return if broken {
                Self::Unavailable { reason: Unavailable::Connection, source: Some(Box::new(error)) }
            } else {
                Self::Database(Box::new(error))
            };
        };
        let constraint = || told.constraint().unwrap_or_default().to_owned();
        match told.code() {
            &SqlState::UNIQUE_VIOLATION | &SqlState::EXCLUSION_VIOLATION => {
                return Self::Conflict { constraint: constraint() };
            }
            &SqlState::FOREIGN_KEY_VIOLATION | &SqlState::RESTRICT_VIOLATION => return Self::ForeignKey,
            &SqlState::CHECK_VIOLATION => return Self::Check { constraint: constraint() },
            _ => {}
        }
        match reason(told.code().code()) {
            Some(reason) => Self::Unavailable { reason, source: Some(Box::new(error)) },
            None => Self::Database(Box::new(error)),
        }
    }
}

/// The codes of PostgreSQL's appendix A that say that the server can't serve, rather than that a statement is wrong.
fn reason(code: &str) -> Option<Unavailable> {
    Some(match code {
        "40001" | "40P01" => Unavailable::Contention,
        "55P03" => Unavailable::Locked,
        "57014" | "25P03" | "25P04" => Unavailable::Timeout,
        "25006" => Unavailable::ReadOnly,
        "53100" => Unavailable::Full,
        "53300" => Unavailable::Exhausted,
        "58030" => Unavailable::Io,
        "28000" | "28P01" | "3D000" => Unavailable::Refused,
        "XX001" | "XX002" => Unavailable::Damaged,
        _ if code.starts_with("08") || code.starts_with("57P") || code.starts_with("53") => {
            Unavailable::Connection
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_a_server_that_cannot_serve() {
        for (code, expected) in [
            ("40001", Some(Unavailable::Contention)),
            ("40P01", Some(Unavailable::Contention)),
            ("53100", Some(Unavailable::Full)),
            ("53300", Some(Unavailable::Exhausted)),
            ("57P01", Some(Unavailable::Connection)),
            ("57P03", Some(Unavailable::Connection)),
            ("08006", Some(Unavailable::Connection)),
            ("55P03", Some(Unavailable::Locked)),
            ("42601", None),
            ("23502", None),
        ] {
            assert_eq!(reason(code), expected, "{code}");
        }
    }
}
