//! `heliograph fleet`

use super::say;
use crate::Failure;
use heliograph_fleet::{Fleet, FleetConfig, Spread, Tally, Wish, muster, room_for_files};
use heliograph_player::BrokerAddress;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Files besides the connections: the log, the threads' polls, and room to spare.
const OTHER_FILES: u64 = 256;
/// How often it tells what it sees.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// Runs thousands of displays without panels in one process, to load a hub and to see how soon a release is everywhere.
/// They are enrolled at the first start and kept in the folder for the next; none is retired.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The hub's address.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    hub: String,
    /// The broker's address.
    #[arg(long, default_value = "mqtt://127.0.0.1:1883")]
    broker: String,
    /// An operator's token, made in the admin or by POST /api/v1/tokens. Better in HELIOGRAPH_TOKEN. Only needed to
    /// enrol displays that the folder does not have yet.
    #[arg(long)]
    token: Option<String>,
    /// How many displays.
    #[arg(long, default_value_t = 1000)]
    displays: usize,
    /// The channels that new displays are tuned to, with commas between them. They must exist.
    #[arg(long, value_delimiter = ',', default_value = "hall")]
    channels: Vec<String>,
    /// What new displays' names begin with.
    #[arg(long, default_value = "fleet")]
    name_prefix: String,
    /// Seconds to run; without it, until it is told to stop.
    #[arg(long = "for", value_name = "SECONDS")]
    run_for: Option<u64>,
    /// The displays connect at random within so many milliseconds.
    #[arg(long, default_value_t = 2000)]
    spread_ms: u64,
    /// Threads that carry the displays.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// The fleet's folder: identities and replicas.
    #[arg(long, default_value = "./heliograph-fleet")]
    data: PathBuf,
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    let broker: BrokerAddress = args
        .broker
        .parse()
        .map_err(|error| Failure::Usage(format!("--broker: {error}")))?;
    if args.displays == 0 || args.displays > 100_000 {
        return Err(Failure::Usage("--displays: 1 to 100000".to_owned()));
    }
    room_for_files(args.displays as u64 + OTHER_FILES)?;
    let token = args.token.or_else(|| std::env::var("HELIOGRAPH_TOKEN").ok());
    let wish = Wish {
        hub: args.hub,
        token: token.unwrap_or_default(),
        name_prefix: args.name_prefix,
        channels: args.channels,
    };
    let begun = Instant::now();
    let members = muster(&args.data, args.displays, &wish)?;
    say(&format!(
        "{} displays, mustered in {:.1} s",
        members.len(),
        begun.elapsed().as_secs_f64()
    ));
    let fleet = Fleet::start(FleetConfig {
        members,
        broker,
        data: args.data,
        spread: Duration::from_millis(args.spread_ms),
        threads: args.threads,
    })?;
    let until = args
        .run_for
        .map(|seconds| Instant::now() + Duration::from_secs(seconds));
    super::runtime()?.block_on(watch(&fleet, args.displays, until));
    let tally = fleet.tally();
    fleet.stop()?;
    if tally.refusals > 0 {
        let last = tally.last_refusal.unwrap_or_default();
        return Err(Failure::Problem(format!(
            "{} things were refused, the last: {last}",
            tally.refusals
        )));
    }
    Ok(())
}

/// Tells what it sees until the time is over or someone asks it to end.
async fn watch(fleet: &Fleet, displays: usize, until: Option<Instant>) {
    let stop = super::told_to_stop();
    tokio::pin!(stop);
    let mut told = Teller::default();
    let mut every = tokio::time::interval(TELL_EVERY);
    let over = async {
        match until {
            Some(until) => tokio::time::sleep_until(until.into()).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(over);
    loop {
        tokio::select! {
            _ = every.tick() => told.tell(fleet, displays),
            () = &mut over => return told.tell(fleet, displays),
            () = &mut stop => return told.tell(fleet, displays),
        }
        if !fleet.runs() {
            return;
        }
    }
}

/// Tells each thing once.
#[derive(Default)]
struct Teller {
    tally: Tally,
    spreads: Vec<Spread>,
}

impl Teller {
    fn tell(&mut self, fleet: &Fleet, displays: usize) {
        let tally = fleet.tally();
        if tally != self.tally {
            say(&format!(
                "connected {}/{displays}  on air {}  messages {}  statuses {} ({} taken)  stored {}  connections lost {}  \
                 refused {}",
                tally.connected,
                tally.on_air,
                tally.messages,
                tally.statuses,
                tally.taken,
                tally.stored,
                tally.lost,
                tally.refusals,
            ));
            let news = |now: &Option<String>, before: &Option<String>| now.clone().filter(|_| now != before);
            for (what, why) in [
                ("refused", news(&tally.last_refusal, &self.tally.last_refusal)),
                ("lost", news(&tally.last_lost, &self.tally.last_lost)),
            ] {
                why.into_iter().for_each(|why| say(&format!("  {what}: {why}")));
            }
            self.tally = tally;
        }
        self.tell_spreads(fleet);
    }

    /// Of what came on air lately. What was released before the fleet started came late by no fault of it.
    fn tell_spreads(&mut self, fleet: &Fleet) {
        let spreads = fleet.spreads(TELL_EVERY * 4);
        for spread in spreads.iter().filter(|spread| !self.spreads.contains(spread)) {
            let Spread {
                publication,
                displays,
                first_ms,
                median_ms,
                p99_ms,
                last_ms,
            } = spread;
            say(&format!(
                "  {publication} on {displays}: first {first_ms} ms, median {median_ms} ms, p99 {p99_ms} ms, last \
                 {last_ms} ms after its release"
            ));
        }
        self.spreads = spreads;
    }
}
