//! A fresh database for each test, on SQLite and on a real PostgreSQL.

pub mod database;
pub mod postgres;

/// Writes each test twice, once for each engine: `name::sqlite` and `name::postgres`. The test gets a database of its own
/// at the current schema.
///
/// ```
/// grantry_testdb::both_engines! {
///     async fn a_database_has_an_address(db: TestDatabase) {
///         assert!(!db.url.is_empty());
///     }
/// }
/// ```
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: TestDatabase) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn run($db: $crate::database::TestDatabase) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run($crate::database::TestDatabase::create($crate::database::Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run($crate::database::TestDatabase::create($crate::database::Engine::Postgres).await).await;
            }
        }
    )+};
}
