//! `cargo xtask bench registry`: the hub's registry, docker-registry and static files of nginx, one after the other.

mod case;
mod decision;
mod payload;
mod referred;
mod report;
mod repository;
mod server;
mod stock;
mod vendor;
mod work;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::runtime::Runtime;

use super::client::Connection;
use super::folder::Folder;
use super::hub::Account;
use super::load::{Load, Until};
use super::machine;
use super::process::Process;
use super::table::Table;
use crate::shell::{command, run, say};
use case::{Case, Extent};
use payload::Payload;
use referred::Referred;
use report::{Report, Sample};
use repository::Repository;
use server::Kind;
use stock::Stock;
use work::Work;

/// The repository that is pushed to.
const PUSHED: &str = "bench/pushed";
/// The length of a small image's layer.
const SMALL_LAYER: usize = 64_000;
/// Connections by which manifests are pushed before anything is measured.
const STOCKING: u64 = 32;

/// Options of `cargo xtask bench registry`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// How often each server is measured; the table shows medians.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Seconds of each load that is not ended by a number of operations.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Servers to measure.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Kind::USUAL)]
    servers: Vec<Kind>,
    /// One round with little of everything, to see that it works. The numbers mean nothing.
    #[arg(long)]
    quick: bool,
}

/// Measures and prints the tables.
///
/// # Errors
/// If a server is not installed, does not run, or answers something wrong.
pub(super) fn measure(options: &Options) -> anyhow::Result<()> {
    let (rounds, extent) = match options.quick {
        true => (1, Extent::quick()),
        false => (options.rounds, Extent::full(options.seconds)),
    };
    say(format_args!("machine: {}", machine::description()));
    let folder = Folder::make()?;
    say(format_args!("disk: {}", machine::disk(folder.path())?));
    for kind in &options.servers {
        say(format_args!("{kind}: {}", kind.description()?));
    }
    // One thread, so that the client takes no more than one of the processors.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stock = Stock::of(extent.lengths);
    let mut report = Report::default();
    for round in 0..rounds {
        let mut servers = options.servers.clone();
        // None is always the first, so that what comes and goes on the machine meets all.
        let first = round as usize % servers.len().max(1);
        servers.rotate_left(first);
        for kind in servers {
            let place = folder.path().join(kind.to_string());
            let measured = Round { runtime: &runtime, folder: &place, kind, stock: &stock, extent: &extent };
            measured.run(&mut report).with_context(|| format!("{kind}, round {}", round + 1))?;
            // What was pushed is gone, so that a long run needs no more disk than a short one.
            fs::remove_dir_all(&place)?;
            say(format_args!("round {} of {rounds}, {kind}: done, load {}", round + 1, machine::load()));
        }
    }
    say(format_args!("load of the machine at the end: {}\n", machine::load()));
    say(report.table(&extent));
    let mut table = Table::default();
    report.goals(&extent, &mut table);
    decision::measure(extent.grants, &mut table)?;
    say(table);
    Ok(())
}

/// One server in one round.
struct Round<'a> {
    runtime: &'a Runtime,
    folder: &'a Path,
    kind: Kind,
    stock: &'a Stock,
    extent: &'a Extent,
}

/// The access tokens on the hub.
struct Secrets {
    vendor: String,
    /// Whoever pulls.
    reader: String,
}

/// In whose name the server is used.
struct Access {
    pulled: Repository,
    pushed: Repository,
    referred: Repository,
}

impl Round<'_> {
    fn run(&self, report: &mut Report) -> anyhow::Result<()> {
        fs::create_dir_all(self.folder)?;
        let referred = Referred::of(if self.kind.is_hub() { self.extent.referred } else { 0 });
        let secrets = self.fill(&referred).context("can't fill the server")?;
        // Started anew, so that memory and caches are not those of filling it.
        let process = self.kind.start(self.folder)?;
        let access = self.runtime.block_on(self.access(&process, secrets.as_ref()))?;
        self.runtime
            .block_on(self.check(&process, &access))
            .context("what is stored is not what is served")?;
        for case in Case::ALL.into_iter().filter(|case| case.runs_on(self.kind)) {
            let work = Arc::new(self.work(case, &access, &referred));
            let sample = self.sample(case, &process, &work);
            report.add(case, self.kind, sample.with_context(|| case.name(self.extent))?);
        }
        process.stop().map(drop)
    }

    /// Stores what will be pulled. On the hub, also makes customers and entitlements.
    fn fill(&self, referred: &Referred) -> anyhow::Result<Option<Secrets>> {
        if !self.kind.takes_pushes() {
            self.stock.write(&self.folder.join("data"))?;
            return Ok(None);
        }
        let account = self.kind.is_hub().then(|| Account::set_up(self.folder)).transpose()?;
        let process = self.kind.start(self.folder)?;
        let secrets = self.runtime.block_on(async {
            let vendor = account.as_ref().map(|account| &*account.access_token);
            let mut connection = Connection::open(process.address()).await?;
            let repository = writer(&mut connection, stock::REPOSITORY, vendor).await?;
            self.stock.push(&mut connection, &repository).await?;
            let Some(account) = &account else { return Ok(None) };
            let repository = writer(&mut connection, referred::REPOSITORY, vendor).await?;
            repository.push_blob(&mut connection, &referred::empty()).await?;
            let manifests = referred.manifests.clone();
            let count = manifests.len() as u64;
            let load = Load { connections: STOCKING, until: Until::Done(count), first: 0 };
            load.run(&process, &Arc::new(Work::Manifests { repository, manifests })).await?;
            let vendor = account.access_token.clone();
            let reader = match self.kind {
                Kind::Grantry => vendor::set_up(&process, account, self.extent.customers).await?,
                _ => vendor.clone(),
            };
            anyhow::Ok(Some(Secrets { vendor, reader }))
        })?;
        process.stop()?;
        Ok(secrets)
    }

    async fn access(&self, process: &Process, secrets: Option<&Secrets>) -> anyhow::Result<Access> {
        let mut connection = Connection::open(process.address()).await?;
        let secret = secrets.map(|secrets| &*secrets.reader);
        Ok(Access {
            pulled: reader(&mut connection, stock::REPOSITORY, secret).await?,
            pushed: writer(&mut connection, PUSHED, secrets.map(|secrets| &*secrets.vendor)).await?,
            referred: reader(&mut connection, referred::REPOSITORY, secret).await?,
        })
    }

    /// Fetches everything once and compares it with what was stored; on the hub, also sees that access is checked.
    async fn check(&self, process: &Process, access: &Access) -> anyhow::Result<()> {
        let mut connection = Connection::open(process.address()).await?;
        self.stock.check(&mut connection, &access.pulled).await?;
        if self.kind.is_hub() {
            stock::check_closed(&mut connection, &access.pulled).await?;
        }
        if self.kind == Kind::Grantry {
            stock::check_hidden(&mut connection, &access.pulled).await?;
        }
        Ok(())
    }

    fn work(&self, case: Case, access: &Access, referred: &Referred) -> Work {
        let fetch = |method, what: &str, length| Work::Fetch {
            requests: vec![access.pulled.request(method, what)],
            length: Some(length),
        };
        let blob = |number: usize| {
            let blob = &self.stock.blobs[number];
            fetch("GET", &format!("blobs/{}", blob.digest()), blob.len())
        };
        let manifest =
            |method| fetch(method, &format!("manifests/{}", stock::TAG), self.stock.manifest_length());
        let [_, middle, large] = self.extent.lengths;
        let repository = access.pushed.clone();
        match case {
            Case::ManifestByTag => manifest("GET"),
            Case::ManifestHead => manifest("HEAD"),
            Case::SmallBlob => blob(0),
            Case::MiddleBlob => blob(1),
            Case::LargeBlob | Case::ManyPulls => blob(2),
            Case::Referrers => {
                let request = |subject| access.referred.request("GET", &format!("referrers/{subject}"));
                Work::Fetch { requests: referred.subjects.iter().map(request).collect(), length: None }
            }
            Case::MiddlePush => Work::Blob { repository, payload: Payload::of(2, middle) },
            Case::LargePush => Work::Blob { repository, payload: Payload::of(3, large) },
            Case::ImageAlone => Work::Image { repository, layer: Payload::of(4, SMALL_LAYER) },
            Case::Images => Work::Image { repository, layer: Payload::of(5, SMALL_LAYER) },
        }
    }

    fn sample(&self, case: Case, process: &Process, work: &Arc<Work>) -> anyhow::Result<Sample> {
        let load = case.load(self.extent);
        let until = match load.until {
            Until::Passed(time) => Until::Passed(time / 5),
            Until::Done(_) => Until::Done(2),
        };
        // Numbers apart from those of the measured load, so that nothing is pushed twice.
        let warm_up = Load { until, first: 1 << 32, ..load };
        self.runtime.block_on(warm_up.run(process, work))?;
        if case.pushes() {
            // What an earlier case left to be written is not written during this one.
            run(&mut command("sync"))?;
            std::thread::sleep(Duration::from_millis(100));
        }
        process.forget_peak()?;
        let outcome = self.runtime.block_on(load.run(process, work))?;
        Ok(Sample { outcome, peak: process.peak()? })
    }
}

async fn reader(connection: &mut Connection, name: &str, secret: Option<&str>) -> anyhow::Result<Repository> {
    repository(connection, name, secret.map(|secret| (secret, "pull"))).await
}

async fn writer(connection: &mut Connection, name: &str, secret: Option<&str>) -> anyhow::Result<Repository> {
    repository(connection, name, secret.map(|secret| (secret, "pull,push"))).await
}

async fn repository(
    connection: &mut Connection,
    name: &str,
    access: Option<(&str, &str)>,
) -> anyhow::Result<Repository> {
    let authorization = match access {
        None => String::new(),
        Some((secret, actions)) => {
            vendor::authorize(connection, secret, &format!("repository:{name}:{actions}")).await?
        }
    };
    Ok(Repository { name: name.to_owned(), authorization })
}
