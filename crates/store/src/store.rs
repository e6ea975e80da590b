//! The store: a database and the master key that seals what is secret in it.

use std::sync::Arc;

use crate::db::{Database, Stats, Transaction};
use crate::error::Error;
use crate::seal::MasterKey;

/// The hub's database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    database: Database,
    master_key: Arc<MasterKey>,
}

/// One transaction. What it changed is gone if it is dropped without [`commit`](Self::commit).
///
/// Its methods stand in the file of the noun they are about. Those on an organization's data take a
/// [`Permit`](grantry_model::policy::Permit) and reach only what that permits.
pub struct Tx {
    pub(crate) db: Transaction,
    pub(crate) master_key: Arc<MasterKey>,
}

impl Store {
    /// A store on a database that is already at the current schema.
    pub fn new(database: Database, master_key: MasterKey) -> Self {
        Self { database, master_key: Arc::new(master_key) }
    }

    /// Begins a transaction that only reads, all of it at one moment.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn read(&self) -> Result<Tx, Error> {
        Ok(Tx { db: self.database.read().await?, master_key: Arc::clone(&self.master_key) })
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// The database can't be reached or written.
    pub async fn write(&self) -> Result<Tx, Error> {
        Ok(Tx { db: self.database.write().await?, master_key: Arc::clone(&self.master_key) })
    }

    /// Encrypts something that leaves the hub and comes back, for the purpose named by `context`.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        self.master_key.seal(context, plain)
    }

    /// Decrypts what [`Store::seal`] made for the same purpose.
    ///
    /// # Errors
    /// [`Error::Sealed`] for anything else.
    pub fn open_sealed(&self, context: &str, sealed: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
        self.master_key.open(context, sealed)
    }

    /// A code over something that leaves the hub readable and comes back, for the purpose named by `context`.
    ///
    /// # Errors
    /// None in practice, see [`MasterKey::mac`].
    pub fn mac(&self, context: &str, message: &[u8]) -> Result<[u8; 32], Error> {
        self.master_key.mac(context, message)
    }

    /// Whether [`Store::mac`] made this code over this message for the same purpose.
    ///
    /// # Errors
    /// None in practice, see [`MasterKey::mac`].
    pub fn verify_mac(&self, context: &str, message: &[u8], code: &[u8]) -> Result<bool, Error> {
        self.master_key.verify_mac(context, message, code)
    }

    /// What was committed since the start.
    pub fn stats(&self) -> Stats {
        self.database.stats()
    }
}

impl Tx {
    /// Makes the changes durable and visible.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn commit(self) -> Result<(), Error> {
        self.db.commit().await
    }
}
