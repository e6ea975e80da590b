//! A graceful stop, by real signals to this process.

use std::process::Command;

use grantry_server::shutdown::{Ended, StopSignals, serve_until_stopped};
use tokio_util::sync::CancellationToken;

fn send(signal: &str) {
    let sent = Command::new("kill").args([signal, &std::process::id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// One test, because a signal reaches every test of the process.
#[tokio::test]
async fn first_signal_asks_and_second_does_not_wait() {
    let stop = CancellationToken::new();
    let by_itself = serve_until_stopped(async { 5 }, StopSignals::install().unwrap(), stop.clone()).await;
    assert_eq!(by_itself, Ended::Finished(5));
    assert!(!stop.is_cancelled());

    for signal in ["-INT", "-TERM"] {
        let stop = CancellationToken::new();
        let signals = StopSignals::install().unwrap();
        let serving = async {
            send(signal);
            stop.cancelled().await;
            "finished"
        };
        assert_eq!(serve_until_stopped(serving, signals, stop.clone()).await, Ended::Finished("finished"));
    }

    let stop = CancellationToken::new();
    let signals = StopSignals::install().unwrap();
    let stuck = async {
        send("-TERM");
        stop.cancelled().await;
        send("-TERM");
        std::future::pending::<()>().await;
    };
    assert_eq!(serve_until_stopped(stuck, signals, stop.clone()).await, Ended::AtOnce);
}
