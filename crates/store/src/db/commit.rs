//! Group commit for SQLite: many transactions share one durable write.
//!
//! SQLite has one writer, and with `synchronous=FULL` each COMMIT waits for the disk. So transactions are savepoints
//! inside an enclosing transaction, the batch. One that commits releases its savepoint and hands the connection to the
//! next in line; when nobody stands there, or the batch is long or old enough, the enclosing COMMIT runs once, and only
//! then everyone who committed is told. While a COMMIT runs, others queue up and become the next batch.
//!
//! The connection travels as a [`Lease`], which finds its next holder when it is dropped, whatever became of the future
//! that held or awaited it. That makes cancellation harmless at every point. COMMIT runs on a thread of its own, so that
//! the disk blocks no task and no cancelled future leaves a batch open.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use super::sqlite::{execute, query, run};
use super::{Row, Stats, Value};
use crate::error::{Error, Unavailable};

/// A batch takes no further transaction after so many …
const LONGEST: usize = 256;
/// … or after so many times as long as the COMMIT before it took, so that a slow disk is waited for a fifth of the time
/// at most …
const TIMES_COMMIT: u32 = 4;
/// … but not before this time …
const YOUNGEST: Duration = Duration::from_millis(5);
/// … and not after this one, so that the first in it does not wait forever.
const OLDEST: Duration = Duration::from_millis(40);

/// What a committer is told when its batch has ended.
type Outcome = Result<(), Unavailable>;

/// The one connection that writes, and the line before it.
#[derive(Clone, Debug)]
pub(super) struct Writer(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    /// To the thread that runs COMMIT.
    commits: mpsc::Sender<Lease>,
    lock_timeout: Duration,
    /// How often the connection went to the next in line.
    passed: AtomicU64,
    committed: AtomicU64,
    batches: AtomicU64,
}

#[derive(Debug)]
struct Queue {
    /// The connection while nobody holds it; then nobody waits either.
    idle: Option<Box<Held>>,
    /// First come, first served. Some may have given up.
    line: VecDeque<oneshot::Sender<Lease>>,
}

#[derive(Debug)]
struct Held {
    connection: Connection,
    /// The enclosing transaction, if one is open.
    batch: Option<Batch>,
    /// How long the last COMMIT took.
    last_commit: Duration,
}

#[derive(Debug)]
struct Batch {
    /// When it takes nobody further in.
    until: Instant,
    /// Those who released their savepoint and wait for the COMMIT.
    committers: Vec<oneshot::Sender<Outcome>>,
}

impl Writer {
    pub(super) fn new(connection: Connection, lock_timeout: Duration) -> Result<Self, Error> {
        // Waiting for a lock is done in `Lease::open`, where it blocks no thread.
        connection.busy_timeout(Duration::ZERO)?;
        let (commits, work) = mpsc::channel::<Lease>();
        std::thread::Builder::new()
            .name("sqlite-commit".to_owned())
            .spawn(move || work.into_iter().for_each(Lease::close))
            .map_err(|error| Error::Database(Box::new(error)))?;
        let held = Held { connection, batch: None, last_commit: Duration::ZERO };
        let queue = Queue { idle: Some(Box::new(held)), line: VecDeque::new() };
        Ok(Self(Arc::new(Shared {
            queue: Mutex::new(queue),
            commits,
            lock_timeout,
            passed: AtomicU64::new(0),
            committed: AtomicU64::new(0),
            batches: AtomicU64::new(0),
        })))
    }

    /// Waits for the connection and opens a savepoint in the current or a new batch.
    pub(super) async fn begin(&self) -> Result<Writing, Error> {
        let mut lease = self.lease().await?;
        if lease.held()?.batch.is_none() {
            lease.open().await?;
        }
        let mut writing = Writing { lease, open: false };
        let result = run(&writing.lease.held()?.connection, "SAVEPOINT one");
        writing.settle(result.map_err(Error::from))?;
        writing.open = true;
        Ok(writing)
    }

    async fn lease(&self) -> Result<Lease, Error> {
        let mut turn = {
            let mut queue = self.0.queue();
            if let Some(held) = queue.idle.take() {
                return Ok(Lease { shared: Arc::clone(&self.0), held: Some(held) });
            }
            let (sender, turn) = oneshot::channel();
            queue.line.push_back(sender);
            turn
        };
        loop {
            let passed = self.0.passed.load(Ordering::Relaxed);
            // Twice the time: whoever is before us may wait for another process first.
            match tokio::time::timeout(self.0.lock_timeout * 2, &mut turn).await {
                Ok(Ok(lease)) => return Ok(lease),
                // A line that moves is long, and not locked.
                Err(_) if self.0.passed.load(Ordering::Relaxed) != passed => {}
                Ok(Err(_)) | Err(_) => return Err(Error::unavailable(Unavailable::Locked)),
            }
        }
    }

    pub(super) fn stats(&self) -> Stats {
        Stats {
            commits: self.0.committed.load(Ordering::Relaxed),
            batches: self.0.batches.load(Ordering::Relaxed),
        }
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next in line; if there is none and no batch is open, the connection is laid aside.
    fn next(&self, held: &mut Option<Box<Held>>) -> Option<oneshot::Sender<Lease>> {
        let mut queue = self.queue();
        let next = queue.line.pop_front();
        if next.is_none() && held.as_ref().is_some_and(|held| held.batch.is_none()) {
            queue.idle = held.take();
        }
        next
    }
}

/// The right to use the connection. Dropping it passes it on.
#[derive(Debug)]
struct Lease {
    shared: Arc<Shared>,
    /// Present until passed on.
    held: Option<Box<Held>>,
}

impl Lease {
    fn held(&mut self) -> Result<&mut Held, Error> {
        self.held.as_deref_mut().ok_or(Error::Aborted)
    }

    /// Opens a batch. Another process may hold the lock: then it is asked for again until the time is over.
    async fn open(&mut self) -> Result<(), Error> {
        let timeout = self.shared.lock_timeout;
        let held = self.held()?;
        let started = Instant::now();
        let mut pause = Duration::from_millis(1);
        if !held.connection.is_autocommit() {
            run(&held.connection, "ROLLBACK")?;
        }
        // Read-then-write in a deferred transaction fails at once when another process wrote in between; an immediate one
        // does not.
        while let Err(error) = run(&held.connection, "BEGIN IMMEDIATE") {
            let busy = matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            );
            if !busy || started.elapsed() >= timeout {
                return Err(error.into());
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(20));
        }
        let until = Instant::now() + (held.last_commit * TIMES_COMMIT).clamp(YOUNGEST, OLDEST);
        held.batch = Some(Batch { until, committers: Vec::new() });
        Ok(())
    }

    /// Runs the enclosing COMMIT and tells everyone. Blocks on the disk.
    fn close(mut self) {
        let Some(held) = self.held.as_deref_mut() else { return };
        if held.batch.is_none() {
            return;
        }
        let started = Instant::now();
        let result = run(&held.connection, "COMMIT");
        held.last_commit = started.elapsed();
        match result {
            Ok(()) => {
                let Some(batch) = held.batch.take() else { return };
                self.shared.committed.fetch_add(batch.committers.len() as u64, Ordering::Relaxed);
                self.shared.batches.fetch_add(1, Ordering::Relaxed);
                batch.tell(Ok(()));
            }
            Err(error) => held.give_up(&error.into()),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        while let Some(held) = &self.held {
            if held.batch.as_ref().is_some_and(Batch::is_over) {
                break;
            }
            let Some(next) = self.shared.next(&mut self.held) else { break };
            let lease = Self { shared: Arc::clone(&self.shared), held: self.held.take() };
            // One who gave up returns the lease, and the one after is asked.
            match next.send(lease) {
                Ok(()) => {
                    self.shared.passed.fetch_add(1, Ordering::Relaxed);
                }
                Err(mut lease) => self.held = lease.held.take(),
            }
        }
        if let Some(held) = self.held.take() {
            let lease = Self { shared: Arc::clone(&self.shared), held: Some(held) };
            // Without the thread, which ends only by a panic, it is done here.
            if let Err(mpsc::SendError(lease)) = self.shared.commits.send(lease) {
                lease.close();
            }
        }
    }
}

impl Held {
    /// Nothing of the batch can be kept: rolls it back and tells everyone in it why.
    #[cold]
    fn give_up(&mut self, error: &Error) {
        if !self.connection.is_autocommit()
            && let Err(error) = run(&self.connection, "ROLLBACK")
        {
            tracing::error!(error = %error, "a failed batch could not be rolled back");
        }
        let reason = match error {
            Error::Unavailable { reason, .. } => *reason,
            _ => Unavailable::NotDurable,
        };
        tracing::error!(error = error as &dyn std::error::Error, "a batch of transactions was lost");
        if let Some(batch) = self.batch.take() {
            batch.tell(Err(reason));
        }
    }
}

impl Batch {
    fn is_over(&self) -> bool {
        self.committers.len() >= LONGEST || (!self.committers.is_empty() && Instant::now() >= self.until)
    }

    fn tell(self, outcome: Outcome) {
        for committer in self.committers {
            // A committer that is gone has nobody to tell.
            let _ = committer.send(outcome);
        }
    }
}

/// A writing transaction: a savepoint in the batch.
#[derive(Debug)]
pub(super) struct Writing {
    lease: Lease,
    /// Whether the savepoint is there to be released or rolled back.
    open: bool,
}

impl Writing {
    pub(super) fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, Error> {
        let result = execute(&self.lease.held()?.connection, sql, params);
        self.settle(result)
    }

    pub(super) fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
        let result = query(&self.lease.held()?.connection, sql, params);
        self.settle(result)
    }

    /// Releases the savepoint and waits until the batch is durable.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        let result = run(&self.lease.held()?.connection, "RELEASE one");
        self.settle(result.map_err(Error::from))?;
        self.open = false;
        let (sender, outcome) = oneshot::channel();
        if let Some(batch) = &mut self.lease.held()?.batch {
            batch.committers.push(sender);
        }
        drop(self);
        let outcome = outcome.await.unwrap_or(Err(Unavailable::NotDurable));
        outcome.map_err(Error::unavailable)
    }

    /// After a full disk or a failed write SQLite rolls back not the statement but everything: then the batch is lost, and
    /// those who wait for it are told.
    fn settle<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        let Err(error) = &result else { return result };
        let held = self.lease.held()?;
        if held.connection.is_autocommit() {
            self.open = false;
            held.give_up(error);
        }
        result
    }

    fn undo(&mut self) -> Result<(), Error> {
        let held = self.lease.held()?;
        if held.batch.as_ref().is_some_and(|batch| batch.committers.is_empty()) {
            // Alone in the batch: no COMMIT is needed for nothing.
            held.batch = None;
            run(&held.connection, "ROLLBACK")?;
        } else {
            run(&held.connection, "ROLLBACK TO one")?;
            run(&held.connection, "RELEASE one")?;
        }
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        if let Err(error) = self.undo() {
            // What can't be undone must not be committed: everyone in the batch loses.
            if let Ok(held) = self.lease.held() {
                held.give_up(&error);
            }
        }
    }
}
