//! A crowd for the service, and what it notices: how many are held, how long a signal is on its way,
//! how many lines a second are kept. `make bench` starts it, one JSON object a line comes back.
//!
//! The crowd is a process of its own, so that the service's memory is the service's alone. It waits
//! for a line on its standard input between two phases, while whoever started it looks at the service.

mod fair;
mod guests;
mod hold;
mod line;
mod others;
mod rooms;
mod talk;

use anyhow::Context;
use clap::{Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes a configuration, a page and signed-in accounts for so many pairs of booth and host.
    Furnish {
        folder: PathBuf,
        #[arg(long)]
        pairs: usize,
        #[arg(long)]
        nats: Vec<String>,
    },
    /// Fills a furnished folder with rooms: most of them over, every tenth in a call.
    Fill {
        folder: PathBuf,
        #[arg(long)]
        rooms: usize,
    },
    /// Pairs in calls, held and pinging; then signals between them.
    Hold {
        folder: PathBuf,
        address: SocketAddr,
        #[arg(long)]
        pairs: usize,
        #[command(flatten)]
        relay: hold::Relay,
    },
    /// The same with gst-plugin-webrtc's signalling server.
    HoldOthers {
        address: SocketAddr,
        #[arg(long)]
        pairs: usize,
        #[command(flatten)]
        relay: hold::Relay,
    },
    /// Everybody of so many pairs writes lines, the next one once the last is kept.
    Talk {
        folder: PathBuf,
        address: SocketAddr,
        #[arg(long)]
        pairs: usize,
        #[arg(long)]
        seconds: u64,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Furnish { folder, pairs, nats } => fair::furnish(&folder, pairs, nats).await,
        Command::Fill { folder, rooms } => rooms::fill(&folder, rooms).await,
        Command::Hold { folder, address, pairs, relay } => {
            let guests = guests::Guests::of(&folder, address)?;
            hold::hold(pairs, relay, async |at| guests.pair(at).await.with_context(|| format!("pair {at}"))).await
        }
        Command::HoldOthers { address, pairs, relay } => {
            hold::hold(pairs, relay, async |at| others::pair(address).await.with_context(|| format!("pair {at}"))).await
        }
        Command::Talk { folder, address, pairs, seconds } => {
            talk::talk(guests::Guests::of(&folder, address)?, pairs, seconds).await
        }
    }
}
