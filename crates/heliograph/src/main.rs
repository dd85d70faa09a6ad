//! Heliograph: notices and signage for the lobbies of public-service offices.

mod api;
mod command;
mod demo;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Notices and signage for the lobbies of public-service offices: staff publish once, every display shows it, and the
/// office can prove what was shown.
#[derive(Parser)]
#[command(name = "heliograph", version)]
struct Cli {
    /// How log lines look on standard error.
    #[arg(long, global = true, value_enum, default_value = "text")]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Shows everything in one process: a hub, a broker and a lobby of five displays with a sample office's year.
    Demo(command::demo::Args),
    /// Runs the office's hub. The first start prints a one-time link that makes the first administrator.
    Hub(Box<command::hub::Args>),
    /// Signs for a hub, as a process of its own that alone holds the keys.
    Signer(command::signer::Args),
    /// Looks after accounts while the hub is stopped: when nobody can sign in any longer.
    User(command::user::Args),
    /// Runs a display's player.
    Player(Box<command::player::Args>),
    /// Runs thousands of displays without panels, to load a hub and to measure it.
    Fleet(command::fleet::Args),
    /// Draws a publication's file on a panel, without a hub: to work on a text or a template.
    Render(command::render::Args),
    /// Prints reports from a hub's data folder.
    Report(command::report::Args),
    /// Looks at the event log of a hub's data folder.
    Log(command::log::Args),
    /// Checks a proof that `log prove` wrote. Needs the proof and the log's key, and nothing else.
    VerifyProof(command::log::VerifyArgs),
}

/// How a command ends that did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It found a problem; the sentence says which and what to do.
    Problem(String),
    /// It was used wrongly.
    Usage(String),
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Problem(error.to_string())
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logging(cli.log_format);
    let outcome = match cli.command {
        Command::Demo(args) => command::demo::run(&args),
        Command::Hub(args) => command::hub::run(&args),
        Command::Signer(args) => command::signer::run(&args),
        Command::User(args) => command::user::run(&args),
        Command::Player(args) => command::player::run(*args),
        Command::Fleet(args) => command::fleet::run(args),
        Command::Render(args) => command::render::run(&args),
        Command::Report(args) => command::report::run(&args),
        Command::Log(args) => command::log::run(args),
        Command::VerifyProof(args) => command::log::verify_proof(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Problem(sentence)) => {
            eprintln!("heliograph: {sentence}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(sentence)) => {
            eprintln!("heliograph: {sentence}");
            ExitCode::from(2)
        }
    }
}

/// `RUST_LOG` chooses what is told; without it, warnings.
fn start_logging(format: LogFormat) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,rmqtt=error,heliograph_hub=info"));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => logging.with_target(false).init(),
        LogFormat::Json => logging.json().init(),
    }
}
