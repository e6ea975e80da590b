//! `cargo xtask test garage`: what is kept in S3, on a real server of it.
//!
//! Every run of the tests has an S3 server in its own process; this one shows what a server that people use does. Garage is
//! only run, never linked.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::shell::{self, cargo, command, say, succeeds};
use crate::{e2e, setup};

const VERSION: &str = "2.5.0";
/// An access key id of Garage is GK and 24 hexadecimal digits; a secret has 64.
const KEY_ID: &str = "GK000000000000000000000001";
const SECRET: &str = "0000000000000000000000000000000000000000000000000000000000000002";
const BUCKET: &str = "grantry";
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the tests of `grantry-blobs` and the end-to-end tests of the registry against a Garage of its own.
///
/// # Errors
/// Garage cannot be built or started, or a test fails or does not compile.
pub(super) fn run() -> anyhow::Result<()> {
    let server = Server::start()?;
    shell::run(server.tell(cargo().args(["test", "--locked", "--package", "grantry-blobs"])))?;
    e2e::run_registry(|tests| {
        server.tell(tests);
    })
}

/// A Garage on the loopback address with one empty bucket, stopped when this is dropped.
struct Server {
    child: Child,
    folder: PathBuf,
    api: SocketAddr,
}

impl Server {
    fn start() -> anyhow::Result<Self> {
        let program = program()?;
        let folder = std::env::temp_dir().join(format!("grantry-garage-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let (api, rpc) = (free_address()?, free_address()?);
        std::fs::write(folder.join("garage.toml"), configuration(&folder, api, rpc))?;
        let log = File::create(folder.join("log"))?;
        let mut garage = command(program);
        garage.arg("-c").arg(folder.join("garage.toml")).args([
            "server",
            "--single-node",
            "--default-bucket",
        ]);
        garage.env("GARAGE_DEFAULT_ACCESS_KEY", KEY_ID).env("GARAGE_DEFAULT_SECRET_KEY", SECRET);
        garage.env("GARAGE_DEFAULT_BUCKET", BUCKET).stdout(log.try_clone()?).stderr(log);
        let child = garage.spawn().context("can't start garage")?;
        let mut server = Self { child, folder, api };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        while TcpStream::connect(self.api).is_err() {
            if self.child.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                bail!("garage did not start: {}", std::fs::read_to_string(self.folder.join("log"))?);
            }
            sleep(Duration::from_millis(50));
        }
        say(format_args!("garage {VERSION} listens on {}", self.api));
        Ok(())
    }

    /// Tells a program of tests where the server is.
    fn tell<'a>(&self, tests: &'a mut Command) -> &'a mut Command {
        tests
            .env("GRANTRY_TEST_S3", format!("s3://{BUCKET}?endpoint=http://{}&region=garage", self.api))
            .env("GRANTRY_TEST_S3_KEY_ID", KEY_ID)
            .env("GRANTRY_TEST_S3_SECRET", SECRET)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The machine's Garage, or one that is built once and kept; that takes 20 minutes on two cores.
fn program() -> anyhow::Result<PathBuf> {
    if succeeds(command("garage").arg("--version")) {
        return Ok(PathBuf::from("garage"));
    }
    let folder = setup::cache().join(format!("garage-{VERSION}"));
    let program = folder.join("bin/garage");
    if !program.is_file() {
        say(format_args!("building garage {VERSION}"));
        shell::run(
            cargo().args(["install", "garage", "--version", VERSION, "--locked", "--root"]).arg(&folder),
        )?;
        ensure!(program.is_file(), "{} was not built", program.display());
    }
    Ok(program)
}

fn configuration(folder: &Path, api: SocketAddr, rpc: SocketAddr) -> String {
    let (metadata, data) = (folder.join("metadata"), folder.join("data"));
    let secret = "1".repeat(64);
    format!(
        "metadata_dir = {metadata:?}
data_dir = {data:?}
db_engine = \"sqlite\"
replication_factor = 1
rpc_bind_addr = \"{rpc}\"
rpc_public_addr = \"{rpc}\"
rpc_secret = \"{secret}\"

[s3_api]
s3_region = \"garage\"
api_bind_addr = \"{api}\"
"
    )
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
