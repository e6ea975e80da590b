//! What can go wrong in the database, in words that an operation or an operator can act on.

use std::error::Error as StdError;

/// A driver's error, kept for the log.
pub type Source = Box<dyn StdError + Send + Sync + 'static>;

/// A failed database operation.
///
/// The text of an error never repeats its source and never contains values of a row; the whole chain belongs in the log
/// only.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A row with the same unique value exists. `constraint` is the name of the unique index, the same on both engines;
    /// a primary key is called `<table>_pkey`.
    #[error("a row with the same value exists ({constraint})")]
    Conflict {
        /// Name of the unique index.
        constraint: String,
    },
    /// The row points at one that does not exist, or is still pointed at. SQLite does not tell which constraint.
    #[error("the row refers to one that does not exist, or another row still refers to it")]
    ForeignKey,
    /// A value that the schema's named check refuses: a rule was missed before the database was asked.
    #[error("the value breaks the check {constraint}")]
    Check {
        /// Name of the check.
        constraint: String,
    },
    /// A text that the database can't store: PostgreSQL has no NUL character, so SQLite gets none either.
    #[error("a text with a NUL character can't be stored")]
    Text,
    /// The database can't serve now; nothing was changed, or nothing that was acknowledged. Trying again may help.
    #[error("{reason}")]
    Unavailable {
        /// What an operator should look at.
        reason: Unavailable,
        /// The driver's words, if there are any.
        #[source]
        source: Option<Source>,
    },
    /// An earlier statement of this transaction failed, so it can only be dropped. PostgreSQL demands it; SQLite is held
    /// to the same.
    #[error("the transaction was given up after an earlier error")]
    Aborted,
    /// A stored value is not what its column must hold.
    #[error("the row {id} of {table} holds an unexpected value in {column}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column, or the expression in the statement.
        column: &'static str,
        /// The row's id, or `?`.
        id: String,
    },
    /// The schema can't be brought to this program's version.
    #[error("{0}")]
    Migration(#[from] Migration),
    /// A secret could not be decrypted: another master key, another row's value, or damage.
    #[error("a stored secret can't be opened with this master key")]
    Sealed,
    /// The database URL is not usable.
    #[error("the database URL can't be used: {0}")]
    Url(String),
    /// Anything else that the driver reports: a mistake in a statement or in the schema.
    #[error("the database refused a statement")]
    Database(#[source] Source),
}

impl Error {
    pub(crate) fn unavailable(reason: Unavailable) -> Self {
        Self::Unavailable { reason, source: None }
    }
}

/// Why the database can't serve now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unavailable {
    /// Another transaction or process holds the lock that this one needs.
    #[error("the database is locked by another transaction or process")]
    Locked,
    /// Writing is not allowed: a read-only file, a standby, or a reading transaction.
    #[error(
        "the database is read-only; check the permissions of its file and folder, or whether the server is a standby"
    )]
    ReadOnly,
    /// No space left.
    #[error("the database has no space left; free some on its disk")]
    Full,
    /// The file system failed.
    #[error("the database could not read or write its file; check the disk")]
    Io,
    /// The file can't be opened or created.
    #[error("the database file can't be opened; check that its folder exists and may be written")]
    CannotOpen,
    /// The file is no database, or is damaged.
    #[error("the database file is damaged or is not a database")]
    Damaged,
    /// The server can't be reached, or the connection broke.
    #[error("the database server can't be reached")]
    Connection,
    /// The server refused the user, the password or the database's name.
    #[error("the database server refused the user, the password or the name of the database")]
    Refused,
    /// Every connection is in use, here or at the server.
    #[error("all database connections are in use")]
    Exhausted,
    /// Concurrent transactions got into each other's way; the same work can be tried again at once.
    #[error("the transaction collided with another one; try again")]
    Contention,
    /// The statement took longer than allowed.
    #[error("the database took too long")]
    Timeout,
    /// The transaction's batch could not be made durable.
    #[error("the database could not make the change durable")]
    NotDurable,
}

/// Why the schema can't be brought to this program's version.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Migration {
    /// A newer program has been here.
    #[error(
        "the database was made by a newer version of this program: it has {recorded} migrations, this version knows {known}; start the newer version, or restore a backup"
    )]
    Newer {
        /// Migrations recorded in the database.
        recorded: usize,
        /// Migrations of this program.
        known: usize,
    },
    /// A migration that was applied is not the one that this program knows.
    #[error(
        "migration {version} ({name}) of the database is not the one of this program; the two don't belong together"
    )]
    Changed {
        /// Its number, from 1.
        version: usize,
        /// Its name in this program.
        name: String,
    },
    /// After the migration some rows point at nothing.
    #[error("migration {name} would leave rows that refer to missing ones")]
    Dangling {
        /// Its name.
        name: String,
    },
    /// A constraint that is only checked at the end of the outer transaction would fail the commits of others.
    #[error("migration {name} declares a deferred constraint, which group commit can't have")]
    Deferred {
        /// Its name.
        name: String,
    },
}
