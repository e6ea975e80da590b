//! The data folder and the keys that stand in files. Several processes may use the folder at the same time: the hub,
//! and commands of the operator beside it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use grantry_license::SigningKey;
use grantry_store::seal::MasterKey;
use zeroize::Zeroizing;

use crate::config::secret::{parse_license_key, parse_master_key};
use crate::config::{Config, Refusal};

/// The master key's file in the data folder.
const MASTER_KEY_FILE: &str = "master.key";
/// More than any key needs, in bytes; a file that is longer is not a key.
const KEY_FILE_LIMIT: u64 = 16 * 1024;

/// Why the data folder or a key file can't be used. `Display` is a sentence for the operator and holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// The folder can't be made or read.
    #[error("the data folder {path:?} can't be used: {problem}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// In the words of the operating system.
        problem: io::Error,
    },
    /// A key file can't be read or made.
    #[error("the {what} file {path:?} can't be {action}: {problem}")]
    File {
        /// Which key.
        what: &'static str,
        /// Its file.
        path: PathBuf,
        /// `read` or `made`.
        action: &'static str,
        /// In the words of the operating system.
        problem: io::Error,
    },
    /// More people than its owner can get at a key file.
    #[error("the {what} file {path:?} is open to others (mode {mode:04o}); close it with `chmod 600`")]
    Exposed {
        /// Which key.
        what: &'static str,
        /// Its file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A key file holds something else.
    #[error("the {what} file {path:?} holds no key: {refusal}")]
    Malformed {
        /// Which key.
        what: &'static str,
        /// Its file.
        path: PathBuf,
        /// What is wrong; what would be right.
        refusal: Refusal,
    },
    /// The operating system gave no randomness for a new key.
    #[error("no key can be made: {0}")]
    Randomness(getrandom::Error),
}

/// Makes the data folder if it is missing, open to its owner only. A folder that was there keeps its permissions; if
/// others can read it, a warning is logged.
pub fn prepare(config: &Config) -> Result<(), DataDirError> {
    let path = &config.data_dir;
    let failed = |problem| DataDirError::Folder { path: path.clone(), problem };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), mode = format!("{mode:04o}"), "others can read the data folder");
    }
    Ok(())
}

/// The key that encrypts secrets at rest: as configured, or that of the data folder, which is made when it is missing
/// and never overwritten. A file that the operator named is never made: if it is missing, a new key could not read
/// what the old one has written.
pub fn master_key(config: &Config) -> Result<MasterKey, DataDirError> {
    const WHAT: &str = "master key";
    if let Some(key) = &config.master_key {
        return Ok(MasterKey::parse(&key.to_hex()).expect("a key parses from its own digits"));
    }
    if let Some(path) = &config.master_key_file {
        return parse_file(WHAT, path, parse_master_key);
    }
    let path = config.data_dir.join(MASTER_KEY_FILE);
    match parse_file(WHAT, &path, parse_master_key) {
        Err(DataDirError::File { problem, .. }) if problem.kind() == io::ErrorKind::NotFound => {}
        outcome => return outcome,
    }
    make_master_key(&config.data_dir, &path)?;
    // Another process may have been faster; then its key is the key.
    parse_file(WHAT, &path, parse_master_key)
}

/// The private key that signs license tokens, if the operator gave one.
pub fn license_key(config: &Config) -> Result<Option<SigningKey>, DataDirError> {
    match (&config.license_key, &config.license_key_file) {
        (Some(key), _) => Ok(Some(SigningKey::from_seed(key.seed()))),
        (None, Some(path)) => parse_file("license key", path, parse_license_key).map(Some),
        (None, None) => Ok(None),
    }
}

fn parse_file<T>(
    what: &'static str,
    path: &Path,
    parse: impl Fn(&str) -> Result<T, Refusal>,
) -> Result<T, DataDirError> {
    let path = || path.to_owned();
    let failed = |problem| DataDirError::File { what, path: path(), action: "read", problem };
    let file = File::open(path()).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.permissions().mode() & 0o777;
    // Containers get secrets as files of root that a group may read, which is no more open than a file of one's own.
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    if mode & forbidden != 0 {
        return Err(DataDirError::Exposed { what, path: path(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(KEY_FILE_LIMIT).read_to_string(&mut text).map_err(failed)?;
    parse(text.trim()).map_err(|refusal| DataDirError::Malformed { what, path: path(), refusal })
}

/// Writes a new key to a temporary file and gives it its name when it is complete and on disk. The name is given by a
/// hard link, which, other than a rename, never replaces a file that is there.
fn make_master_key(folder: &Path, path: &Path) -> Result<(), DataDirError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(DataDirError::Randomness)?;
    let key = MasterKey::from_bytes(*bytes);
    let mut suffix = [0; 8];
    getrandom::fill(&mut suffix).map_err(DataDirError::Randomness)?;
    let temporary = folder.join(format!("{MASTER_KEY_FILE}.{}", hex::encode(suffix)));
    let made = write_new(&temporary, &key.to_hex())
        .and_then(|()| match fs::hard_link(&temporary, path) {
            Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            outcome => outcome,
        })
        .and_then(|()| File::open(folder)?.sync_all());
    // If it stays behind, it does no harm: nothing reads it, and only its owner could.
    let _ = fs::remove_file(&temporary);
    made.map_err(|problem| DataDirError::File {
        what: "master key",
        path: path.to_owned(),
        action: "made",
        problem,
    })
}

fn write_new(path: &Path, key: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(key.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}
