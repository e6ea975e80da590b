//! A graceful stop: the first signal asks for it, a second one does not wait.

use std::future::Future;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The signals by which an operator or a supervisor stops the hub: SIGINT and SIGTERM.
#[derive(Debug)]
pub struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// From now on these signals no longer end the process by themselves. Needs a tokio runtime.
    pub fn install() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn received(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

/// How serving ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended<T> {
    /// By itself or gracefully, with its own result.
    Finished(T),
    /// A second signal came before it had finished; the process should exit without waiting for anything.
    AtOnce,
}

/// Drives `serving` to its end. The first signal cancels `stop`, upon which `serving` should finish what it has begun
/// and return.
pub async fn serve_until_stopped<T>(
    serving: impl Future<Output = T>,
    mut signals: StopSignals,
    stop: CancellationToken,
) -> Ended<T> {
    tokio::pin!(serving);
    loop {
        tokio::select! {
            result = &mut serving => return Ended::Finished(result),
            name = signals.received() => {
                if stop.is_cancelled() {
                    tracing::warn!(signal = name, "stopping at once");
                    return Ended::AtOnce;
                }
                tracing::info!(signal = name, "stopping; a second signal stops at once");
                stop.cancel();
            }
        }
    }
}
