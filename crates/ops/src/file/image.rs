//! Choosing the image of something.

use grantry_model::field::FieldError;
use grantry_model::id::FileId;
use grantry_model::policy::Permit;
use grantry_store::store::Tx;

use super::create;
use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// Which image something is to have.
#[derive(Debug, Clone, Copy)]
pub enum Choice<'a> {
    /// None.
    Nothing,
    /// One that was uploaded before.
    File(FileId),
    /// One that is uploaded with the choice.
    Upload(&'a [u8]),
}

impl From<Option<FileId>> for Choice<'_> {
    fn from(id: Option<FileId>) -> Self {
        id.map_or(Self::Nothing, Self::File)
    }
}

/// The file that was chosen, which is one of the organization's; under the lock of its files.
pub(crate) async fn resolve(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    choice: Choice<'_>,
) -> Result<Option<FileId>> {
    match choice {
        Choice::Nothing => Ok(None),
        Choice::File(id) if tx.find_file(permit, id).await?.is_some() => Ok(Some(id)),
        Choice::File(id) => {
            let message = format!("There is no file with the id {id}. Upload the image first.");
            Err(FieldError::new("imageId", "image_unknown", message).into())
        }
        Choice::Upload(bytes) => Ok(Some(create::insert(ops, tx, (permit, caller), bytes).await?.id)),
    }
}
