//! Archives: layers and charts.

use std::io::{self, Write as _};

use chrono::{DateTime, Utc};
use flate2::{Compression, GzBuilder};

/// A file of an archive.
pub(super) struct File<'a> {
    /// Where it is, without a leading slash; at most 100 bytes.
    pub(super) path: &'a str,
    pub(super) content: &'a [u8],
    pub(super) mode: Mode,
}

/// Who may do what with a file.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// All may read it.
    Data,
    /// All may read and run it.
    Program,
}

/// An archive of files, all of root and of the same time.
pub(super) fn tar(files: &[File<'_>], modified: DateTime<Utc>) -> Vec<u8> {
    // Times before 1970 don't occur.
    let modified = u64::try_from(modified.timestamp()).unwrap_or_default();
    write_tar(files, modified).expect("a vector takes every byte, and paths are short")
}

/// The bytes compressed, without a time of their own.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a vector takes every byte")
}

fn write_tar(files: &[File<'_>], modified: u64) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for file in files {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(file.content.len() as u64);
        header.set_mode(match file.mode {
            Mode::Data => 0o644,
            Mode::Program => 0o755,
        });
        header.set_mtime(modified);
        header.set_uid(0);
        header.set_gid(0);
        archive.append_data(&mut header, file.path, file.content)?;
    }
    archive.into_inner()
}
