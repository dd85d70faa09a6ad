//! The demo: a sample office's year, lived again through the public API, and its lobby.

mod folder;
mod lobby;
mod replay;
mod sample;

use crate::Failure;
use crate::api::Api;
use crate::command::{say, told_to_stop};
use folder::{Folder, Today};
use heliograph_hub::{Hub, HubConfig, MovableClock, TlsMode};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lobby::Lobby;
use replay::{PASSWORD, People};
use sample::Sample;
pub(crate) use sample::sample_site;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// The demo's folder, beside where it is started.
pub(crate) const FOLDER: &str = "./heliograph-demo";

/// Runs the demo until it is told to stop.
pub(crate) async fn run(path: &Path, port: u16, fresh: bool) -> Result<(), Failure> {
    let folder = Folder::open(path, fresh)?;
    let sample = Arc::new(Sample::read()?);
    let clock = Arc::new(MovableClock::default());
    let lobby = Arc::new(Lobby::default());
    let hub = Hub::start(HubConfig {
        data: folder.hub(),
        listen: SocketAddr::from(([127, 0, 0, 1], port)),
        mqtt_listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        broker: None,
        tls: TlsMode::Plain,
        names: Vec::new(),
        site: sample.office.site.parse()?,
        clock: Arc::clone(&clock) as _,
        backups: None,
        mail: None,
        retention: heliograph_hub::retention::Retention::default(),
        signer: None,
        sessions: heliograph_hub::SessionRules::default(),
        trusted_proxies: Vec::new(),
        sign_on: None,
        wall: Some(Arc::clone(&lobby) as _),
    })
    .await?;
    let base = format!("http://{}", hub.http_addr());
    let setting = Setting {
        folder,
        sample: Arc::clone(&sample),
        clock,
        lobby: Arc::clone(&lobby),
        base: base.clone(),
        setup_word: hub.setup_word(),
        broker: hub
            .mqtt_addr()
            .ok_or_else(|| Failure::Problem("the demo lost its broker".to_owned()))?,
    };
    // The replay waits for HTTP answers and the disk: it must not hold up the hub that answers.
    let filled = tokio::task::spawn_blocking(move || setting.fill());
    let outcome = tokio::select! {
        filled = filled => filled.unwrap_or_else(|error| Err(Failure::Problem(error.to_string()))),
        () = told_to_stop() => Err(Failure::Problem("stopped before the demo was ready; the next start begins anew".to_owned())),
    };
    if outcome.is_ok() {
        introduce(&sample, &base, &lobby.live_pictures());
        told_to_stop().await;
    }
    let down = Arc::clone(&lobby);
    // The players end first, so that the hub sees them go.
    let _ = tokio::task::spawn_blocking(move || down.take_down()).await;
    hub.stop().await;
    outcome
}

/// What filling the demo needs.
struct Setting {
    folder: Folder,
    sample: Arc<Sample>,
    clock: Arc<MovableClock>,
    lobby: Arc<Lobby>,
    base: String,
    setup_word: Option<String>,
    broker: SocketAddr,
}

impl Setting {
    fn fill(self) -> Result<(), Failure> {
        let mut people = People::new(Api::new(&self.base), &self.sample);
        if let Some(word) = &self.setup_word {
            eprintln!("filling the sample office: a year is lived again through the public API …");
            let mut told = progress();
            replay::live_the_year(&self.sample, &mut people, &self.clock, word, &self.base, &mut told)?;
            self.folder.year_is_lived()?;
            people.sign_in_anew();
        }
        self.clock.let_go();
        self.release_today(&mut people)?;
        people.sign_in_anew();
        let operator = people.api(replay::administrator(&self.sample)?)?;
        self.lobby
            .hang(&self.sample.displays, &self.folder.players(), &operator, self.broker)
    }

    /// Today's programme: released at the first start of each day, in the place of another day's.
    fn release_today(&self, people: &mut People) -> Result<(), Failure> {
        let zone = TimeZone::get(
            self.sample.office.profile["time_zone"]
                .as_str()
                .unwrap_or("Asia/Shanghai"),
        )?;
        let today = zone.to_datetime(Timestamp::now()).date();
        let former = self.folder.today();
        if former.as_ref().is_some_and(|former| former.date == today.to_string()) {
            return Ok(());
        }
        if let Some(former) = former {
            replay::withdraw(&former.released, people)?;
            people.sign_in_anew();
        }
        let items = Sample::today(today)?;
        let released = replay::release_today(&items, people, &self.clock, &zone)?;
        self.folder.keep_today(&Today {
            date: today.to_string(),
            released,
        })
    }
}

/// A line that fills up, where someone watches.
fn progress() -> impl FnMut(usize, usize) {
    use std::io::{IsTerminal, Write};
    let watched = std::io::stderr().is_terminal();
    move |done, total| {
        if watched {
            let ending = if done == total { "\n" } else { "" };
            let mut err = std::io::stderr().lock();
            // A terminal that went away takes nothing with it.
            let _ = write!(err, "\r  {done} of {total} steps{ending}").and_then(|()| err.flush());
        }
    }
}

fn introduce(sample: &Sample, base: &str, live: &[(String, String)]) {
    say(&format!(
        "\nHeliograph is showing {} ({})",
        sample.office.profile["name"]["zh-Hans"].as_str().unwrap_or_default(),
        sample.office.profile["name"]["en"].as_str().unwrap_or_default()
    ));
    say(&format!(
        "  {base}/wall     the lobby, live: every display as it hangs there"
    ));
    say(&format!("  {base}/admin    write, review, release"));
    say(&format!("  {base}/api/v1/  the same for programs"));
    say("each display alone, from its own player:");
    for (name, live) in live {
        say(&format!("  {live}  {name}"));
    }
    say(&format!("sign in as (password: {PASSWORD})"));
    for person in &sample.office.staff {
        say(&format!(
            "  {:<16} {} {} – {}",
            person.id,
            person.name,
            person.name_en,
            person.roles.join(", ")
        ));
    }
    say("Ctrl-C ends it; the next start goes on from the log, --fresh begins anew.");
}
