//! The demo's lobby: five players, each with its own identity, replica and sink, on real MQTT connections.

use super::sample::SampleDisplay;
use crate::Failure;
use crate::api::Api;
use crate::command::player::{enrol, identity_file};
use heliograph_domain::DisplayId;
use heliograph_hub::WallControls;
use heliograph_player::profile::Profile;
use heliograph_player::{BrokerAddress, FontSource, Identity, Output, Player, PlayerConfig, SystemClock};
use heliograph_sink::BrowserSink;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A display of the lobby and its player, while that runs.
struct Hanging {
    sample: SampleDisplay,
    folder: PathBuf,
    player: Option<Player>,
    /// Where its live picture is, for browsers on this machine.
    live: String,
}

/// The players. The wall starts and stops them.
#[derive(Default)]
pub(crate) struct Lobby {
    displays: Mutex<BTreeMap<DisplayId, Hanging>>,
    broker: Mutex<Option<SocketAddr>>,
}

impl Lobby {
    fn displays(&self) -> MutexGuard<'_, BTreeMap<DisplayId, Hanging>> {
        self.displays.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hangs the displays: enrols those that are not yet, and starts every player.
    pub(crate) fn hang(
        &self,
        displays: &[SampleDisplay],
        folder: &Path,
        operator: &Api,
        broker: SocketAddr,
    ) -> Result<(), Failure> {
        *self.broker.lock().unwrap_or_else(PoisonError::into_inner) = Some(broker);
        for sample in displays {
            let folder = folder.join(&sample.key);
            let id = match Identity::load(&identity_file(&folder)) {
                Ok(identity) => identity.display,
                Err(_) => enrol_sample(sample, &folder, operator)?,
            };
            let hanging = Hanging {
                sample: sample.clone(),
                folder,
                player: None,
                live: String::new(),
            };
            self.displays().insert(id, hanging);
            self.set_running(id, true).map_err(Failure::Problem)?;
        }
        Ok(())
    }

    /// Name and live picture of each display.
    pub(crate) fn live_pictures(&self) -> Vec<(String, String)> {
        let name = |hanging: &Hanging| hanging.sample.name["zh-Hans"].as_str().unwrap_or_default().to_owned();
        self.displays()
            .values()
            .map(|hanging| (name(hanging), hanging.live.clone()))
            .collect()
    }

    /// Stops every player and waits for them.
    pub(crate) fn take_down(&self) {
        let players: Vec<Player> = self
            .displays()
            .values_mut()
            .filter_map(|hanging| hanging.player.take())
            .collect();
        players.into_iter().for_each(Player::stop);
    }
}

fn enrol_sample(sample: &SampleDisplay, folder: &Path, operator: &Api) -> Result<DisplayId, Failure> {
    let profile = Profile::parse_built_in(&sample.profile)?;
    let wish = json!({
        "name": sample.name, "location": sample.location, "profile": sample.profile,
        "panel": profile.panel, "language": sample.language, "channels": sample.channels,
    });
    enrol(operator, wish, folder, None)
}

fn start(hanging: &Hanging, broker: SocketAddr) -> Result<(Player, String), Failure> {
    let profile = Profile::parse_built_in(&hanging.sample.profile)?;
    let title = hanging.sample.name["zh-Hans"].as_str().unwrap_or(&hanging.sample.key);
    let sink = BrowserSink::start(title, SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let live = sink.url();
    let config = PlayerConfig {
        identity: Identity::load(&identity_file(&hanging.folder))?,
        broker: BrokerAddress {
            host: broker.ip().to_string(),
            port: broker.port(),
            tls: false,
        },
        data: hanging.folder.clone(),
        live: Some(live.clone()),
        output: Output::Frames(Box::new(sink)),
        brightness: profile.brightness,
        fonts: FontSource::System,
        clock: Arc::new(SystemClock),
        panel: Some(profile.panel),
    };
    let page = live.replace("ws://", "http://").trim_end_matches("live").to_owned();
    Ok((Player::start(config)?, page))
}

impl WallControls for Lobby {
    fn running(&self, display: DisplayId) -> Option<bool> {
        self.displays().get(&display).map(|hanging| hanging.player.is_some())
    }

    fn set_running(&self, display: DisplayId, run: bool) -> Result<(), String> {
        let broker = self
            .broker
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ok_or("the lobby has no broker yet")?;
        let mut displays = self.displays();
        let hanging = displays
            .get_mut(&display)
            .ok_or("this display is not one of the demo's")?;
        match (run, hanging.player.take()) {
            (true, None) => {
                let (player, live) = start(hanging, broker).map_err(|failure| match failure {
                    Failure::Problem(why) | Failure::Usage(why) => why,
                })?;
                hanging.player = Some(player);
                hanging.live = live;
            }
            (true, running) => hanging.player = running,
            (false, Some(player)) => {
                // Joining its threads must not keep the wall from looking at the others.
                drop(displays);
                player.stop();
            }
            (false, None) => {}
        }
        Ok(())
    }
}
