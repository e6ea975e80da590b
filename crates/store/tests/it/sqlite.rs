//! What only SQLite can run into: group commit, a full or read-only file, kill -9.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use grantry_store::db::{Database, Options, params};
use grantry_store::error::{Error, Unavailable};
use grantry_testdb::database::{Engine, TestDatabase};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::schema::{ENTRY, INSERT, entries, make};

/// Names the database that a child process works on.
const CHILD: &str = "GRANTRY_TEST_CHILD";

async fn insert(database: &Database, number: i64, data: Option<Vec<u8>>) -> Result<(), Error> {
    let mut tx = database.write().await?;
    tx.execute("insert into entry (number, data) values ($1, $2)", params![number, data]).await?;
    tx.commit().await
}

fn reason(result: Result<(), Error>) -> Unavailable {
    match result {
        Err(Error::Unavailable { reason, .. }) => reason,
        other => panic!("expected the database to be unavailable, got {other:?}"),
    }
}

/// Runs one test of this program in another process.
fn child(program: &Path, test: &str, url: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["--exact", test, "--nocapture"]).env(CHILD, url).stdout(Stdio::piped());
    command
}

/// The database to work on, if this is the child.
fn url_for_child() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is how a child knows that it is one")]
    std::env::var(CHILD).ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_share_durable_writes() {
    let db = TestDatabase::empty(Engine::Sqlite, Options::default()).await;
    make(&db.database, ENTRY).await;
    let before = db.database.stats();
    // The first one holds the line, so that the others are all in it when it moves.
    let mut holder = db.database.write().await.unwrap();
    holder.execute(INSERT, params![-1]).await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 0..200 {
        let database = db.database.clone();
        tasks.spawn(async move { insert(&database, number, None).await });
    }
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    holder.commit().await.unwrap();
    while let Some(result) = tasks.join_next().await {
        result.unwrap().unwrap();
    }
    let after = db.database.stats();
    let (commits, batches) = (after.commits - before.commits, after.batches - before.batches);
    assert_eq!(commits, 201);
    assert!(batches <= 50, "{commits} commits took {batches} durable writes");
    assert_eq!(entries(&db.database).await.len(), 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_line_that_moves_is_not_locked() {
    let lock_timeout = Duration::from_millis(50);
    let db = TestDatabase::empty(Engine::Sqlite, Options { lock_timeout, ..Options::default() }).await;
    make(&db.database, ENTRY).await;
    let mut tasks = JoinSet::new();
    for number in 0..30 {
        let database = db.database.clone();
        tasks.spawn(async move {
            let mut tx = database.write().await?;
            tx.execute(INSERT, params![number]).await?;
            // All together take several times as long as anybody waits for a lock.
            tokio::time::sleep(lock_timeout / 5).await;
            tx.commit().await
        });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap().unwrap();
    }
    assert_eq!(entries(&db.database).await.len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_database_says_so_and_recovers() {
    let options = Options { max_pages: Some(100), ..Options::default() };
    let db = TestDatabase::empty(Engine::Sqlite, options).await;
    make(&db.database, ENTRY).await;
    let mut stored = Vec::new();
    let refused = loop {
        let number = stored.len() as i64;
        match insert(&db.database, number, Some(vec![7; 50_000])).await {
            Ok(()) => stored.push(number),
            refused => break refused,
        }
    };
    assert_eq!(reason(refused), Unavailable::Full);
    assert!(stored.len() > 3, "{stored:?}");
    assert_eq!(entries(&db.database).await, stored);

    let mut tx = db.database.write().await.unwrap();
    tx.execute("delete from entry where number < 2", params![]).await.unwrap();
    tx.commit().await.unwrap();
    insert(&db.database, 1000, Some(vec![7; 50_000])).await.unwrap();
    assert_eq!(entries(&db.database).await.last(), Some(&1000));
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_batch_is_lost_everyone_in_it_is_told() {
    let options = Options { max_pages: Some(100), ..Options::default() };
    let db = TestDatabase::empty(Engine::Sqlite, options).await;
    make(&db.database, ENTRY).await;
    // 40 writers of 50 kB have room for 400 kB only.
    let mut tasks = JoinSet::new();
    for number in 0..40 {
        let database = db.database.clone();
        tasks.spawn(async move { (number, insert(&database, number, Some(vec![7; 50_000])).await) });
    }
    let (mut kept, mut lost) = (Vec::new(), 0);
    while let Some(result) = tasks.join_next().await {
        match result.unwrap() {
            (number, Ok(())) => kept.push(number),
            (_, refused) => {
                assert_eq!(reason(refused), Unavailable::Full);
                lost += 1;
            }
        }
    }
    kept.sort_unstable();
    assert!(lost >= 30, "{lost}");
    assert_eq!(entries(&db.database).await, kept, "exactly the acknowledged ones are there");
    insert(&db.database, 1000, None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9() {
    let db = TestDatabase::empty(Engine::Sqlite, Options::default()).await;
    make(&db.database, ENTRY).await;
    let program = std::env::current_exe().unwrap();
    let mut process = child(&program, "sqlite::child_writes_until_it_is_killed", &db.url).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    let mut note = |line: std::io::Result<String>| {
        if let Some(number) =
            line.ok().and_then(|line| line.strip_prefix("acknowledged ")?.parse::<i64>().ok())
        {
            acknowledged.push(number);
        }
        acknowledged.len()
    };
    while lines.next().is_some_and(|line| note(line) < 500) {}
    kill(&mut process);
    // What it said before it died counts as well.
    lines.for_each(|line| {
        note(line);
    });
    assert!(acknowledged.len() >= 500, "the child stopped after {}", acknowledged.len());
    let reopened = Database::open(&db.url).await.unwrap();
    let stored = entries(&reopened).await;
    let missing: Vec<_> =
        acknowledged.iter().filter(|number| stored.binary_search(number).is_err()).collect();
    assert!(missing.is_empty(), "acknowledged and gone: {missing:?}");
    insert(&reopened, -1, None).await.unwrap();
}

/// `SIGKILL`, which is what `Child::kill` sends.
fn kill(process: &mut Child) {
    process.kill().unwrap();
    process.wait().unwrap();
}

/// The child of the test above: 16 writers that tell each commit once it was acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn child_writes_until_it_is_killed() {
    let Some(url) = url_for_child() else { return };
    let database = Database::open(&url).await.unwrap();
    let mut tasks = JoinSet::new();
    for writer in 0..16_i64 {
        let database = database.clone();
        tasks.spawn(async move {
            for round in 0..1_000_000 {
                let number = round * 16 + writer;
                insert(&database, number, Some(vec![1; 100])).await.unwrap();
                println!("acknowledged {number}");
            }
        });
    }
    while tasks.join_next().await.is_some() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_file_can_be_read_and_says_why_it_cannot_be_written() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("grantry.db");
    let url = format!("sqlite:{}", file.display());
    let database = Database::open(&url).await.unwrap();
    make(&database, ENTRY).await;
    insert(&database, 1, None).await.unwrap();
    // Root may write everything, so the child runs as somebody else, from a copy of this program that it may read.
    let program = folder.path().join("it");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    for (path, mode) in [(folder.path(), 0o755), (&program, 0o755)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    for entry in std::fs::read_dir(folder.path()).unwrap().flatten().filter(|entry| entry.path() != program) {
        std::fs::set_permissions(entry.path(), std::fs::Permissions::from_mode(0o444)).unwrap();
    }
    let mut command = child(&program, "sqlite::child_finds_a_read_only_file", &url);
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        std::os::unix::process::CommandExt::uid(&mut command, 65534);
    }
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("was read-only"), "{told}");
}

/// The child of the test above.
#[tokio::test(flavor = "multi_thread")]
async fn child_finds_a_read_only_file() {
    let Some(url) = url_for_child() else { return };
    let database = Database::open(&url).await.unwrap();
    assert_eq!(entries(&database).await, [1]);
    assert_eq!(reason(insert(&database, 2, None).await), Unavailable::ReadOnly);
    println!("it was read-only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_is_private() {
    let db = TestDatabase::create(Engine::Sqlite).await;
    make(&db.database, ENTRY).await;
    let file = db.url.strip_prefix("sqlite:").unwrap();
    for companion in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{file}{companion}")).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600, "{companion}");
    }
}
