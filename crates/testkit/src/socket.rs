//! A test hub on a real socket, for clients that need one.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::hub::TestHub;

/// A hub that listens on this machine, until this is dropped.
#[derive(Debug)]
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    serving: JoinHandle<()>,
}

impl TestHub {
    /// Lets the hub listen on a free port of this machine too.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn listen(&self) -> Listening {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
        #[expect(clippy::disallowed_methods, reason = "the task ends when this is dropped")]
        let serving = tokio::spawn(async move {
            axum::serve(listener, service).await.expect("the listener goes on");
        });
        Listening { address, serving }
    }
}

impl Listening {
    /// The address of a repository, as an upstream is named.
    pub fn repository(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
