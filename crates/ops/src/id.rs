//! New ids: UUIDv7 (RFC 9562 5.7), so that they sort by the time of their making.

use grantry_model::audit::Author;
use grantry_store::audit::Stamp;
use uuid::{Builder, Uuid};

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Result};

impl Ops {
    /// A new id of any kind.
    pub(crate) fn new_id<T: From<Uuid>>(&self) -> Result<T> {
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(Error::internal)?;
        let millis = u64::try_from(self.clock().now().timestamp_millis()).unwrap_or(0);
        Ok(T::from(Builder::from_unix_timestamp_millis(millis, &random).into_uuid()))
    }

    /// A new id that tells nothing of its time and can't be guessed (UUIDv4), as in the location of an upload.
    pub(crate) fn random_id(&self) -> Result<Uuid> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(Error::internal)?;
        Ok(Builder::from_random_bytes(random).into_uuid())
    }

    /// Id and time of an audit entry that is made now.
    pub(crate) fn stamp(&self) -> Result<Stamp> {
        Ok(Stamp { id: self.new_id()?, at: self.clock().now() })
    }
}

impl Caller {
    /// The caller as the author of an audit entry.
    pub(crate) fn author(&self) -> Author {
        Author::member(&self.actor, &self.address)
    }
}
