//! A private PostgreSQL server in a temporary folder. Standard library only, so that the task runner can use this file.
//!
//! A shell stands between the test process and the server. It reads from a pipe that ends with the process, however the
//! process ends, and then stops the server and removes the folder.

use std::fs;
use std::io::{self, Error};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long the server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the server named by its arguments, until the pipe on standard input ends.
const SUPERVISE: &str = r#"
trap '' INT TERM HUP
folder=$1
shift
"$@" </dev/null >>"$folder/log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
rm -rf "$folder"
"#;

/// A running server, stopped when this is dropped or the process ends. Its data is as safe as a test needs: not at all.
#[derive(Debug)]
pub struct Cluster {
    shell: Child,
    folder: PathBuf,
}

impl Cluster {
    /// Makes a new cluster and waits until it takes connections, on a socket in its folder only. `initdb` and `postgres`
    /// are looked for in `PATH` and in `/usr/lib/postgresql`. They refuse to run as root, so for root they run as the
    /// user `postgres`.
    ///
    /// # Errors
    /// PostgreSQL is not installed or does not start; the text says which and holds the end of its log.
    pub fn start() -> io::Result<Self> {
        let programs = programs()?;
        let folder = folder()?;
        match Self::start_in(&programs, &folder) {
            Ok(cluster) => Ok(cluster),
            Err(error) => {
                let _ = fs::remove_dir_all(&folder);
                Err(error)
            }
        }
    }

    fn start_in(programs: &Path, folder: &Path) -> io::Result<Self> {
        let data = folder.join("data");
        let mut initdb = unprivileged(&programs.join("initdb"));
        initdb.args([
            "--no-sync",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "-D",
        ]);
        let made = initdb.arg(&data).current_dir(folder).output()?;
        if !made.status.success() {
            return Err(Error::other(format!("initdb failed: {}", String::from_utf8_lossy(&made.stderr))));
        }
        let mut shell = unprivileged(Path::new("sh"));
        shell.args(["-c", SUPERVISE, "supervise"]).arg(folder);
        shell.arg(programs.join("postgres")).arg("-D").arg(&data).arg("-k").arg(folder);
        for setting in [
            "listen_addresses=",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=300",
            "shared_buffers=32MB",
            "wal_level=minimal",
            "max_wal_senders=0",
        ] {
            shell.args(["-c", setting]);
        }
        // A group of its own: an interrupt from the terminal must not end the shell before it has cleaned up.
        let shell = shell.current_dir(folder).stdin(Stdio::piped()).process_group(0).spawn()?;
        let mut cluster = Self { shell, folder: folder.to_owned() };
        cluster.wait_until_ready(&data)?;
        Ok(cluster)
    }

    /// The URL of the database `postgres`, as a superuser.
    pub fn url(&self) -> String {
        let host = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://postgres@{host}/postgres")
    }

    /// The server says in its lock file when it takes connections.
    fn wait_until_ready(&mut self, data: &Path) -> io::Result<()> {
        let started = Instant::now();
        loop {
            let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            if state.lines().nth(7).is_some_and(|line| line.starts_with("ready")) {
                return Ok(());
            }
            let gone = fs::read_to_string(self.folder.join("log")).unwrap_or_default().contains("FATAL");
            if gone || started.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(Error::other(format!("postgres did not start: {log}")));
            }
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// The folder with `initdb` and `postgres`: one of `PATH`, else Debian's of the newest version.
fn programs() -> io::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    folders.extend(versions.into_iter().rev().map(|(_, folder)| folder));
    let complete = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    folders.into_iter().find(complete).ok_or_else(|| {
        Error::other("PostgreSQL's initdb and postgres are neither in PATH nor in /usr/lib/postgresql/*/bin")
    })
}

/// A new folder that the server's user owns.
fn folder() -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("grantry-postgres-{}-{number}", std::process::id()));
    fs::create_dir(&folder)?;
    if is_root()? && !Command::new("chown").arg("postgres:").arg(&folder).status()?.success() {
        return Err(Error::other("there is no user postgres to run the server as"));
    }
    Ok(folder)
}

fn unprivileged(program: &Path) -> Command {
    if is_root().unwrap_or(false) {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}
