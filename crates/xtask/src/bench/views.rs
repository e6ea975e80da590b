//! `GET /api/v1/license-keys/{id}/token` under load. Each look is an entry of the audit log, durable before the answer.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::client::{Connection, request};
use super::hub::{Account, Done, Hub, checked_entries};
use super::load::{Load, Operation, Outcome, Until, pick};
use super::signature::typical_payload;
use super::table::{Line, Table, median};

/// License keys of which tokens are asked for at random.
const KEYS: usize = 300;
/// Numbers of connections that are tried.
const CONNECTIONS: [u64; 2] = [64, 256];
/// Answers a second to be reached.
const GOAL: f64 = 8000.0;
/// Load that is not counted.
const WARM_UP: Duration = Duration::from_secs(2);

/// One of some requests, which each is answered with 200.
struct OneOf(Vec<Vec<u8>>);

impl Operation for OneOf {
    async fn perform(&self, connection: &mut Connection, number: u64) -> anyhow::Result<()> {
        let request = pick(&self.0, number).context("no request to send")?;
        connection.ask(request).await?.expect(200).map(drop)
    }
}

/// One round with one number of connections.
struct Round {
    views: Outcome,
    /// Answers with a token, those of the warm-up too.
    answers: u64,
    /// `/status`, which does nothing: what HTTP and this client can do on this machine.
    status: Outcome,
    /// Memory of the hub right after.
    memory: f64,
    done: Done,
}

/// Puts load on the hub, round by round, and checks after each that the audit log has exactly the looks that were
/// answered.
///
/// # Errors
/// If a request fails, or log and answers do not agree.
pub(super) fn measure(
    folder: &Path,
    account: &Account,
    (rounds, counted): (u32, Duration),
    table: &mut Table,
) -> anyhow::Result<()> {
    // One thread, so that the client takes no more than one of the processors.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let requests = make_keys(&runtime, folder, account)?;
    let mut entries = checked_entries(folder)?;
    let mut by_connections = CONNECTIONS.map(|_| Vec::new());
    for _ in 0..rounds {
        for (connections, rounds) in CONNECTIONS.into_iter().zip(&mut by_connections) {
            let load = Load { connections, until: Until::Passed(counted), first: 0 };
            let round = one_round(&runtime, folder, load, &requests)?;
            let now = checked_entries(folder)?;
            let (looks, answers) = (now - entries, round.answers);
            ensure!(looks == answers, "{answers} tokens were answered, but the audit log has {looks} looks");
            entries = now;
            rounds.push(round);
        }
    }
    for (connections, rounds) in CONNECTIONS.into_iter().zip(&by_connections) {
        report(connections, rounds, table);
    }
    table.add(Line::of("audit log: entries, chain checked, one for each answer", entries.to_string()));
    Ok(())
}

/// Makes the keys by the API and returns the requests for their tokens.
fn make_keys(runtime: &Runtime, folder: &Path, account: &Account) -> anyhow::Result<Arc<OneOf>> {
    let hub = Hub::start(folder)?;
    let payload = typical_payload()?;
    let secret = &format!("AccessToken {}", account.access_token);
    let requests = runtime.block_on(async {
        let mut connection = Connection::open(hub.address()).await?;
        let mut requests = Vec::with_capacity(KEYS);
        for number in 0..KEYS {
            let body = json!({
                "name": format!("Key {number}"),
                "payload": payload,
                "notBefore": "2026-01-01T00:00:00Z",
                "expiresAt": "2036-01-01T00:00:00Z",
            });
            let body = body.to_string();
            let answer = connection.ask(&request("POST", "/api/v1/license-keys", secret, &body)).await?;
            let key: Value = serde_json::from_slice(answer.expect(200)?.body)?;
            let id = key["id"].as_str().context("a key without an id")?;
            requests.push(request("GET", &format!("/api/v1/license-keys/{id}/token"), secret, ""));
        }
        anyhow::Ok(requests)
    })?;
    hub.stop()?;
    Ok(Arc::new(OneOf(requests)))
}

fn one_round(runtime: &Runtime, folder: &Path, load: Load, requests: &Arc<OneOf>) -> anyhow::Result<Round> {
    let hub = Hub::start(folder)?;
    let warm_up = Load { until: Until::Passed(WARM_UP), ..load };
    let status = Arc::new(OneOf(vec![request("GET", "/status", "", "")]));
    runtime.block_on(warm_up.run(hub.process(), &status))?;
    let status = runtime.block_on(load.run(hub.process(), &status))?;
    let warming = runtime.block_on(warm_up.run(hub.process(), requests))?;
    let views = runtime.block_on(load.run(hub.process(), requests))?;
    let memory = hub.process().memory()?;
    let answers = warming.operations + views.operations;
    Ok(Round { views, answers, status, memory, done: hub.stop()? })
}

fn report(connections: u64, rounds: &[Round], table: &mut Table) {
    let middle = |number: fn(&Round) -> f64| median(&rounds.iter().map(number).collect::<Vec<_>>());
    let what = format!("token of a key, {connections} connections");
    let rate = middle(|round| round.views.rate());
    let line = Line::of(&what, format!("{rate:.0}/s"));
    let status = middle(|round| round.status.rate());
    let ratio = middle(|round| round.views.rate() / round.status.rate());
    table.add(line.against(format!("/status {status:.0}/s"), ratio).goal("≥ 8000/s", rate >= GOAL));
    let [half, most] = [middle(|round| round.views.latency(50)), middle(|round| round.views.latency(99))];
    let line = Line::of(format!("{what}: p50, p99"), format!("{half:.1} ms, {most:.1} ms"));
    let status = [middle(|round| round.status.latency(50)), middle(|round| round.status.latency(99))];
    table.add(line.against(format!("/status {:.1} ms, {:.1} ms", status[0], status[1]), half / status[0]));
    let cpu = middle(|round| round.views.cpu());
    let status = middle(|round| round.status.cpu());
    let line = Line::of(format!("{what}: processor time of the hub"), format!("{cpu:.0} µs"));
    table.add(line.against(format!("/status {status:.0} µs"), cpu / status));
    let batch = middle(|round| round.done.commits / round.done.batches);
    let line = Line::of(format!("{what}: transactions in a durable write"), format!("{batch:.0}"));
    let writes = middle(|round| round.done.batches);
    table.add(Line { against: format!("{writes:.0} durable writes a round"), ..line });
    let memory = middle(|round| round.memory);
    table.add(Line::of(format!("{what}: memory of the hub right after"), format!("{memory:.1} MiB")));
}
