//! `heliograph hub`

use super::{runtime, say, told_to_stop};
use crate::Failure;
use heliograph_hub::{Hub, HubConfig, SystemClock};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Runs the office's hub.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The data folder: event log and keys.
    #[arg(long, default_value = "./heliograph-data")]
    data: PathBuf,
    /// Where HTTP listens: admin, API, public pages.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the embedded broker listens for displays.
    #[arg(long, default_value = "127.0.0.1:1883")]
    mqtt_listen: SocketAddr,
    /// The site's name: 1 to 32 of a-z, 0-9 and '-'.
    #[arg(long, default_value = "office")]
    site: String,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let site = args
        .site
        .parse()
        .map_err(|error| Failure::Usage(format!("--site: {error}")))?;
    let config = HubConfig {
        data: args.data.clone(),
        listen: args.listen,
        mqtt_listen: args.mqtt_listen,
        site,
        clock: Arc::new(SystemClock),
        wall: None,
    };
    runtime()?.block_on(async {
        let hub = Hub::start(config).await?;
        say(&format!("hub      http://{}", hub.http_addr()));
        say(&format!("broker   mqtt://{}", hub.mqtt_addr()));
        if let Some(word) = hub.setup_word() {
            say(&format!(
                "make the first administrator (once): http://{}/admin/setup?word={word}",
                hub.http_addr()
            ));
        }
        told_to_stop().await;
        hub.stop().await;
        Ok(())
    })
}
