//! One database per test.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use grantry_store::db::{Database, Options};
use grantry_store::migrate::migrations;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use crate::postgres::Cluster;

/// Where a test's database lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a temporary folder.
    Sqlite,
    /// A database on a real server: the one that the variable `GRANTRY_TEST_POSTGRES` names, else one that this process
    /// starts for itself.
    Postgres,
}

/// A database that only one test knows. It is gone when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// To open it once more.
    pub url: String,
    /// Open with the usual options.
    pub database: Database,
    _home: Home,
}

#[derive(Debug)]
enum Home {
    Folder { _folder: TempDir },
    Server { _dropped: Dropped },
}

impl TestDatabase {
    /// A database at the current schema, without rows.
    ///
    /// # Panics
    /// If PostgreSQL can't be had: a test must not pass because its engine is missing.
    pub async fn create(engine: Engine) -> Self {
        Self::make(engine, true, Options::default()).await
    }

    /// A database without a schema, opened with the given limits.
    ///
    /// # Panics
    /// As [`TestDatabase::create`].
    pub async fn empty(engine: Engine, options: Options) -> Self {
        Self::make(engine, false, options).await
    }

    async fn make(engine: Engine, migrated: bool, options: Options) -> Self {
        let (url, home) = match engine {
            Engine::Sqlite => {
                let folder = TempDir::new().expect("a temporary folder can be made");
                let url = format!("sqlite:{}", folder.path().join("grantry.db").display());
                (url, Home::Folder { _folder: folder })
            }
            Engine::Postgres => {
                let name = fresh_name("test");
                let admin = connect().await;
                let template = if migrated { template(&admin).await } else { "template0".to_owned() };
                run(&admin, &format!("create database {name} template {template}")).await;
                (server_url(&name), Home::Server { _dropped: Dropped(name) })
            }
        };
        let database = Database::open_with(&url, options).await.expect("a fresh database can be opened");
        if migrated && engine == Engine::Sqlite {
            database.migrate(&migrations()).await.expect("a fresh database can be migrated");
        }
        Self { url, database, _home: home }
    }
}

/// The migrated database that others are copied from, made once per server and schema.
async fn template(admin: &Client) -> String {
    let mut schema = Sha256::new();
    for step in migrations() {
        schema.update(step.postgres);
    }
    let name = format!("template_{}", &hex::encode(schema.finalize())[..16]);
    let exists = "select 1 from pg_database where datname = $1";
    if admin.query_opt(exists, &[&name]).await.expect("the server answers").is_some() {
        return name;
    }
    // Several tests and test programs may get here at once.
    run(admin, "select pg_advisory_lock(7162034511882360782)").await;
    if admin.query_opt(exists, &[&name]).await.expect("the server answers").is_none() {
        let draft = fresh_name("draft");
        run(admin, &format!("create database {draft} template template0")).await;
        let database = Database::open(&server_url(&draft)).await.expect("a fresh database can be opened");
        database.migrate(&migrations()).await.expect("a fresh database can be migrated");
        drop(database);
        // The connections end in the background, and a database in use can be neither renamed nor copied.
        run(
            admin,
            &format!(
                "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{draft}'"
            ),
        )
        .await;
        run(admin, &format!("alter database {draft} rename to {name}")).await;
    }
    run(admin, "select pg_advisory_unlock(7162034511882360782)").await;
    name
}

/// Drops a database when the test is over, whoever is still connected.
#[derive(Debug)]
struct Dropped(String);

impl Drop for Dropped {
    fn drop(&mut self) {
        let sql = format!("drop database if exists {} with (force)", self.0);
        // A thread of its own, because the test's runtime can't be waited for from inside.
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async { run(&connect().await, &sql).await });
            }
        })
        .join();
    }
}

async fn run(admin: &Client, sql: &str) {
    if let Err(error) = admin.batch_execute(sql).await {
        panic!("{sql}: {error:?}");
    }
}

async fn connect() -> Client {
    let (client, connection) =
        tokio_postgres::connect(server(), NoTls).await.expect("the server takes connections");
    #[expect(clippy::disallowed_methods, reason = "the task ends with the client")]
    tokio::spawn(connection);
    client
}

/// A name that no other test, process or run uses on this server.
fn fresh_name(kind: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    #[expect(clippy::disallowed_methods, reason = "only to tell the names of two runs apart")]
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_micros();
    format!("{kind}_{}_{now}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The server's URL with another database.
fn server_url(database: &str) -> String {
    let url = server();
    let (base, query) =
        url.split_once('?').map_or((url, String::new()), |(base, query)| (base, format!("?{query}")));
    let host = base.rsplit_once('/').map_or(base, |(host, _)| host);
    format!("{host}/{database}{query}")
}

/// The server of this process. It lives as long as the process, because nothing else knows when the last test is over.
fn server() -> &'static str {
    static SERVER: OnceLock<(String, Option<Cluster>)> = OnceLock::new();
    let (url, _) = SERVER.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "the test runner passes the server that it started")]
        if let Ok(url) = std::env::var("GRANTRY_TEST_POSTGRES") {
            return (url, None);
        }
        let cluster = Cluster::start().expect("PostgreSQL can be started");
        (cluster.url(), Some(cluster))
    });
    url
}
