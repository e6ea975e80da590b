//! An S3 server in this process that can go away and come back.
//!
//! With `GRANTRY_TEST_S3` (a setting, as the hub takes it) the bytes go on to that server instead, which then goes away only
//! as seen from here: `cargo xtask test garage` does so. `GRANTRY_TEST_S3_KEY_ID` and `GRANTRY_TEST_S3_SECRET` are its key.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use grantry_blobs::setting::{Bucket, Credentials, Setting};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub(crate) struct Server {
    root: PathBuf,
    bucket: Bucket,
    /// `HOST:PORT` of a server outside of this process.
    outside: Option<String>,
    address: SocketAddr,
    running: JoinSet<()>,
}

impl Server {
    /// `root` is a folder of the test's own, and where the server in this process keeps its bytes.
    pub(crate) async fn start(root: &Path) -> Self {
        let test = root.file_name().unwrap().to_str().unwrap();
        let outside = outside();
        let mut bucket = outside.clone().unwrap_or_else(inside);
        bucket.prefix = format!("some/{test}");
        let outside = outside.map(|bucket| bucket.endpoint.unwrap().trim_start_matches("http://").to_owned());
        std::fs::create_dir_all(root.join(&bucket.name)).unwrap();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server =
            Self { root: root.to_owned(), bucket, outside, address: any, running: JoinSet::new() };
        server.come_back().await;
        server
    }

    /// Stops listening and cuts every connection.
    pub(crate) async fn go_away(&mut self) {
        self.running.shutdown().await;
    }

    /// Listens again, on the port it had.
    pub(crate) async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.address = listener.local_addr().unwrap();
        if let Some(outside) = self.outside.clone() {
            self.running.spawn(forward(listener, outside));
            return;
        }
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(&self.root).unwrap());
        let credentials = self.bucket.credentials.clone().unwrap();
        builder.set_auth(SimpleAuth::from_single(credentials.access_key_id, credentials.secret_access_key));
        self.running.spawn(accept(listener, builder.build()));
    }

    pub(crate) fn bucket(&self) -> Bucket {
        Bucket { endpoint: Some(format!("http://{}", self.address)), ..self.bucket.clone() }
    }

    /// What the server keeps of multipart uploads that are neither completed nor aborted; none if it does not let us look.
    pub(crate) fn open_multiparts(&self) -> Option<Vec<String>> {
        if self.outside.is_some() {
            return None;
        }
        let names = std::fs::read_dir(&self.root).unwrap();
        let names = names.map(|file| file.unwrap().file_name().into_string().unwrap());
        Some(names.filter(|name| name.contains("upload")).collect())
    }
}

fn parse(url: &str, access_key_id: String, secret_access_key: String) -> Bucket {
    match Setting::parse(url, Some(Credentials { access_key_id, secret_access_key })).unwrap() {
        Setting::S3(bucket) => bucket,
        Setting::Folder(_) => panic!("{url} is no bucket"),
    }
}

fn inside() -> Bucket {
    parse("s3://grantry", "key".to_owned(), "secret".to_owned())
}

fn outside() -> Option<Bucket> {
    let setting = |name| std::env::var_os(name).map(|value| value.into_string().unwrap());
    let url = setting("GRANTRY_TEST_S3")?;
    let key = ["GRANTRY_TEST_S3_KEY_ID", "GRANTRY_TEST_S3_SECRET"].map(|name| setting(name).expect(name));
    let [id, secret] = key;
    Some(parse(&url, id, secret))
}

/// Hands connections on to a server outside of this process.
async fn forward(listener: TcpListener, to: String) {
    let mut connections = JoinSet::new();
    while let Ok((mut connection, _)) = listener.accept().await {
        let to = to.clone();
        connections.spawn(async move {
            let mut server = TcpStream::connect(to).await.unwrap();
            // Either side may hang up at any time.
            drop(copy_bidirectional(&mut connection, &mut server).await);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn accept(listener: TcpListener, service: S3Service) {
    let mut connections = JoinSet::new();
    while let Ok((connection, _)) = listener.accept().await {
        connections.spawn(serve(connection, service.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(connection: TcpStream, service: S3Service) {
    // A client that hangs up is no concern of the server.
    drop(Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(connection), service).await);
}
