//! Reading and writing at a place of a file without moving a cursor.

use std::fs::File;
use std::io;
use std::path::Path;

use bytes::{Bytes, BytesMut};

/// Reads up to `size` bytes at `offset`, waiting for the disk if need be.
pub(super) fn read_at(file: &File, offset: u64, size: usize) -> io::Result<Bytes> {
    if size == 0 {
        return Ok(Bytes::new());
    }
    let mut buffer = Vec::with_capacity(size);
    rustix::io::retry_on_intr(|| {
        rustix::io::pread(file, rustix::buffer::spare_capacity(&mut buffer), offset)
    })?;
    Ok(buffer.into())
}

/// Reads up to `size` bytes at `offset` if they are in memory; none if that would mean to wait for the disk.
#[cfg(target_os = "linux")]
pub(super) fn read_cached(file: &File, offset: u64, size: usize) -> Option<Bytes> {
    use rustix::io::ReadWriteFlags;
    let mut buffer = BytesMut::zeroed(size);
    let target = &mut [io::IoSliceMut::new(&mut buffer)];
    let read = rustix::io::preadv2(file, target, offset, ReadWriteFlags::NOWAIT).ok()?;
    buffer.truncate(read);
    (read > 0).then(|| buffer.freeze())
}

/// Opens a file for reading if the kernel has its name and inode in memory; none otherwise, also if there is no such file.
#[cfg(target_os = "linux")]
pub(super) fn open_cached(path: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED).ok().map(File::from)
}

/// Elsewhere every visit to the file system may wait.
#[cfg(not(target_os = "linux"))]
pub(super) fn open_cached(_: &Path) -> Option<File> {
    None
}

/// Elsewhere every read may wait.
#[cfg(not(target_os = "linux"))]
pub(super) fn read_cached(_: &File, _: u64, _: usize) -> Option<Bytes> {
    None
}

/// Writes all bytes at `offset`.
pub(super) fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = rustix::io::retry_on_intr(|| rustix::io::pwrite(file, bytes, offset))?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(written..).unwrap_or_default();
        offset += written as u64;
    }
    Ok(())
}
