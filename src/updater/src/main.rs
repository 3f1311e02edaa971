//! The updater's program: three commands that systemd's units run.

use anyhow::Context;
use clap::{Parser, Subcommand};
use engawa_updater::good::{Patience, mark_good};
use engawa_updater::place::{Place, seconds};
use engawa_updater::rauc::Rauc;
use engawa_updater::service::Service;
use engawa_updater::stick::{Stick, install};
use engawa_updater::store::StoreError;
use engawa_updater::update::{Ended, Source, UpdateError, update};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// Signed updates of a booth's image.
#[derive(Debug, Parser)]
#[command(name = "engawa-updater", version)]
struct Flags {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Brings the newest version here and installs it when nobody is in the booth.
    Update {
        /// The booth's settings, which name the service.
        #[arg(long, value_name = "FILE", default_value = "/data/engawa/booth.toml")]
        config: PathBuf,
        /// A bundle to install instead of the service's.
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// Takes what is not newer, was given up or was refused, too.
        #[arg(long)]
        again: bool,
        /// Most bytes a second: a call goes on beside it.
        #[arg(long, value_name = "BYTES", default_value_t = 1 << 20, value_parser = clap::value_parser!(u64).range(1..))]
        rate: u64,
    },
    /// Installs the newest bundle of a stick's partition.
    Stick {
        /// The partition, such as /dev/sda1.
        device: PathBuf,
        /// Where it is mounted.
        #[arg(long, value_name = "DIR", default_value = "/run/engawa-updater/stick")]
        at: PathBuf,
    },
    /// Tells the boot loader that this start is good, once its booth is.
    MarkGood {
        /// Seconds in which an update's booth has to be healthy.
        #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = seconds)]
        limit: Duration,
        /// Seconds in which a known image's booth has to answer.
        #[arg(long, value_name = "SECONDS", default_value = "180", value_parser = seconds)]
        settle: Duration,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("ENGAWA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .without_time()
        .with_ansi(false)
        .init();
    let Flags { place, command } = Flags::parse();
    match run(&place, command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("engawa-updater: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(place: &Place, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Update { from: Some(file), again, .. } => told(update(place, Source::File(&file), again).await),
        Command::Update { config, from: None, again, rate } => {
            let service = Service::of(&config)?;
            told(update(place, Source::Service(&service, rate), again).await)
        }
        Command::Stick { device, at } => stick(place, &device, &at).await,
        Command::MarkGood { limit, settle } => Ok(mark_good(place, Patience { limit, settle }).await?),
    }
}

async fn stick(place: &Place, device: &Path, at: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(at).with_context(|| format!("making {}", at.display()))?;
    let rauc = Rauc { program: &place.rauc };
    let compatible = rauc.status().await?.compatible;
    let stick = Stick::mount(device, at)?;
    match stick.newest(rauc, &compatible).await? {
        Some(file) => told(install(place, &file).await),
        None => {
            tracing::info!("the stick has no bundle that is signed for this machine");
            Ok(())
        }
    }
}

fn told(ended: Result<Ended, UpdateError>) -> anyhow::Result<()> {
    match ended {
        Ok(Ended::Nothing(why)) => tracing::info!("nothing to do: {why}"),
        Ok(Ended::Busy) => tracing::info!("somebody is in the booth: the update waits"),
        Ok(Ended::Restarting) => tracing::info!("the machine starts anew"),
        Err(UpdateError::Store(StoreError::Taken)) => tracing::info!("another update is under way"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
