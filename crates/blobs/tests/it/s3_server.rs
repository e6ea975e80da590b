//! An S3 server in this process that can go away and come back.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use grantry_blobs::setting::{Bucket, Credentials, Setting};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub(crate) const BUCKET: &str = "grantry";

pub(crate) struct Server {
    root: PathBuf,
    address: SocketAddr,
    running: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(root: &Path) -> Self {
        std::fs::create_dir_all(root.join(BUCKET)).unwrap();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { root: root.to_owned(), address: any, running: JoinSet::new() };
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
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(&self.root).unwrap());
        builder.set_auth(SimpleAuth::from_single("key", "secret"));
        self.running.spawn(accept(listener, builder.build()));
    }

    pub(crate) fn bucket(&self) -> Bucket {
        let url = format!("s3://{BUCKET}/some/prefix?endpoint=http://{}", self.address);
        let credentials =
            Credentials { access_key_id: "key".to_owned(), secret_access_key: "secret".to_owned() };
        match Setting::parse(&url, Some(credentials)).unwrap() {
            Setting::S3(bucket) => bucket,
            Setting::Folder(_) => unreachable!("the setting is of S3"),
        }
    }

    /// What the server keeps of multipart uploads that are neither completed nor aborted.
    pub(crate) fn open_multiparts(&self) -> Vec<String> {
        let names = std::fs::read_dir(&self.root).unwrap();
        let names = names.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains("upload")).collect()
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
