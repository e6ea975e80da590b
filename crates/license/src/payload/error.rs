//! Why a payload is refused, said to the person who typed it.

use thiserror::Error;

use super::{MAX_DEPTH, MAX_PAYLOAD_BYTES};
use crate::json::{Fault, FaultKind};

/// Why a payload is refused. The text is a sentence for the person who wrote the payload; it says what to do.
///
/// Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayloadError {
    /// The text is not JSON.
    #[error("The payload is not valid JSON: {reason} (line {line}, column {column}).")]
    NotJson {
        /// The line of the fault.
        line: usize,
        /// The column of the fault.
        column: usize,
        /// What is wrong there, without repeating the text.
        reason: &'static str,
    },
    /// The text is JSON, but not an object.
    #[error("The payload must be a JSON object: put your claims between {{ and }}.")]
    NotAnObject,
    /// A member has the name of a claim that the token sets itself.
    #[error(
        "The name \"{name}\" is reserved for the token itself: give this member of the payload another name."
    )]
    ReservedName {
        /// The reserved name.
        name: String,
    },
    /// Two members of one object have the same name.
    #[error(
        "The name \"{name}\" comes twice in the same object (line {line}, column {column}): remove or rename one."
    )]
    DuplicateName {
        /// The repeated name.
        name: String,
        /// The line of the repetition.
        line: usize,
        /// The column of the repetition.
        column: usize,
    },
    /// Objects and arrays stand inside each other too deeply.
    #[error(
        "The payload is nested more than {MAX_DEPTH} levels deep (line {line}, column {column}): make it flatter."
    )]
    TooDeep {
        /// The line where the level begins that is one too many.
        line: usize,
        /// Its column.
        column: usize,
    },
    /// A number would not survive exactly.
    #[error(
        "The number at line {line}, column {column} is too large: integers go from -9223372036854775808 to \
         9223372036854775807. Write it as a string instead."
    )]
    NumberTooLarge {
        /// The line of the number.
        line: usize,
        /// The column of the number.
        column: usize,
    },
    /// The payload is over the limit of 64 KiB.
    #[error("The payload has {bytes} bytes, and at most {MAX_PAYLOAD_BYTES} are allowed: make it shorter.")]
    TooLarge {
        /// The size without white space, in bytes.
        bytes: usize,
    },
}

impl PayloadError {
    /// The parser's fault as line and column of the text.
    pub(super) fn locate(fault: Fault, text: &str) -> Self {
        let before = text.get(..fault.offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        match fault.kind {
            FaultKind::Syntax(reason) => Self::NotJson { line, column, reason },
            FaultKind::Duplicate(name) => Self::DuplicateName { name, line, column },
            FaultKind::TooDeep => Self::TooDeep { line, column },
            FaultKind::NumberTooLarge => Self::NumberTooLarge { line, column },
        }
    }
}
