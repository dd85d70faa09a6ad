//! `heliograph player pair`, and what a player does that is not enrolled yet.

use super::player::{Machine, Measure, Waiting, open_output};
use super::say;
use crate::Failure;
use heliograph_player::pairing::{Ended, Face, HubAddress, Paired, Pairing, PairingConfig};
use heliograph_player::profile::Profile;
use heliograph_player::{FontSource, Output, SystemClock};
use std::sync::Arc;

/// Pairs and stops.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    machine: Machine,
    /// Gives up the identity that this machine has, once it has been let in anew and that is stored.
    #[arg(long)]
    again: bool,
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    let Args { machine, again } = args;
    let hub = hub(&machine)?;
    let profile = super::profile(&machine.profile, machine.profiles.as_deref())?;
    let (output, _) = open_output(&machine, &Measure::default(), &profile, "heliograph")?;
    let wish = wish(hub, &machine, &profile, output, again);
    match until_let_in(&mut Waiting::new()?, wish)? {
        Some(paired) => {
            say(&format!("paired: this is display {}", paired.identity.display));
            Ok(())
        }
        None => Err(Failure::Problem(
            "stopped before anybody let this machine in; it goes on where it was when it is started again".to_owned(),
        )),
    }
}

/// The hub that the machine asks.
pub(super) fn hub(machine: &Machine) -> Result<HubAddress, Failure> {
    let Some(told) = &machine.hub else {
        return Err(Failure::Usage(
            "say which hub lets this machine in: --hub https://HOST:PORT".to_owned(),
        ));
    };
    HubAddress::parse(told, machine.plain).map_err(|error| Failure::Usage(format!("--hub: {error}")))
}

/// What a pairing of this machine is started with.
pub(super) fn wish(
    hub: HubAddress,
    machine: &Machine,
    profile: &Profile,
    output: Output,
    again: bool,
) -> PairingConfig {
    let page = hub.page();
    let tell = move |face: &Face| match face {
        Face::Code(code) => say(&format!(
            "pairing code  {code}  compare it at {page} and let this display in"
        )),
        Face::Calling => say("calling the hub"),
        Face::Refused => say("refused; it asks again after a while"),
        Face::Disk => say("the disk cannot be written to; trying again"),
    };
    PairingConfig {
        hub,
        data: machine.data.clone(),
        profile: profile.name.clone(),
        panel: profile.panel,
        output,
        brightness: profile.brightness.clone(),
        fonts: FontSource::System,
        clock: Arc::new(SystemClock),
        again,
        tell: Box::new(tell),
    }
}

/// Pairs until the machine is let in; nothing when the process is asked to end before.
pub(super) fn until_let_in(waiting: &mut Waiting, wish: PairingConfig) -> Result<Option<Paired>, Failure> {
    let pairing = Pairing::start(wish)?;
    let stopper = pairing.stopper();
    match waiting.during(move || pairing.wait(), move || stopper.stop())?? {
        Ended::Admitted(paired) => Ok(Some(*paired)),
        Ended::Stopped => Ok(None),
    }
}
