//! Choosing the image of an application or an artifact.

pub(crate) mod application;
pub(crate) mod artifact;

use axum::body::Bytes;
use grantry_ops::file::image::Choice;

use crate::extract::form::{Fields, ReadForm};

/// Most bytes of a form with an image: what is larger than an image may be is read to its end, so that the form can say so.
pub(crate) const MAX_FORM: usize = 16 * 1024 * 1024;

/// What the form asks for.
pub(crate) struct Form {
    file: Bytes,
    is_removal: bool,
}

impl ReadForm for Form {
    const FILES: &'static [&'static str] = &["file"];

    fn read(fields: &Fields) -> Self {
        Self { file: fields.file("file"), is_removal: fields.text("step") == "remove" }
    }
}

impl Form {
    fn choice(&self) -> Choice<'_> {
        if self.is_removal { Choice::Nothing } else { Choice::Upload(&self.file) }
    }
}
