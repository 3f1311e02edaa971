//! Holding a crowd, and sending signals through it at a steady rate.

use crate::line::{Line, Noticed};
use futures_util::StreamExt;
use std::io::BufRead;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

/// Pairs that come at a time.
const COMING: usize = 64;
const TICK: Duration = Duration::from_millis(1);
/// What is under way at the end may still arrive.
const LAST: Duration = Duration::from_secs(2);

/// How signals are sent.
#[derive(clap::Args, Clone, Copy)]
pub struct Relay {
    /// Signals a second, spread over everybody.
    #[arg(long)]
    rate: u64,
    /// For so long.
    #[arg(long)]
    seconds: u64,
}

/// Brings `pairs` in with `pair`, tells of it, and sends signals when told to.
pub async fn hold(
    pairs: usize,
    relay: Relay,
    pair: impl AsyncFn(usize) -> anyhow::Result<[Line; 2]>,
) -> anyhow::Result<()> {
    let (begun, noticed) = (Instant::now(), Arc::new(Noticed::default()));
    let mut ways = Vec::new();
    let pair = &pair;
    let mut coming = pin!(futures_util::stream::iter(0..pairs).map(|at| pair(at)).buffer_unordered(COMING));
    let mut turned_away = 0;
    while let Some(come) = coming.next().await {
        match come {
            Ok(lines) => {
                for line in lines {
                    let (way, words) = mpsc::channel(4);
                    tokio::spawn(line.live(begun, words, noticed.clone()));
                    ways.push(way);
                }
            }
            Err(error) => {
                turned_away += 1;
                eprintln!("{error:#}");
            }
        }
    }
    let ended = || noticed.ended.load(Ordering::Relaxed);
    println!(
        "{}",
        serde_json::json!({ "seconds": begun.elapsed().as_secs_f64(), "connected": ways.len() as u64 - ended(), "pairs_turned_away": turned_away })
    );
    told().await?;
    let sending = Instant::now();
    send(&ways, relay).await;
    let seconds = sending.elapsed().as_secs_f64();
    sleep(LAST).await;
    let mut delays = std::mem::take(&mut *noticed.delays.lock().unwrap_or_else(PoisonError::into_inner));
    delays.sort_unstable();
    let sent = noticed.sent.load(Ordering::Relaxed);
    let ms = |share: f64| delays.get((delays.len() as f64 * share) as usize).map(|micros| f64::from(*micros) / 1000.0);
    println!(
        "{}",
        serde_json::json!({
            "p50_ms": ms(0.5), "p99_ms": ms(0.99), "p999_ms": ms(0.999), "sent": sent, "arrived": delays.len(),
            "per_second": sent as f64 / seconds, "connected": ways.len() as u64 - ended(),
        })
    );
    told().await?;
    noticed.over.store(true, Ordering::Relaxed);
    Ok(())
}

/// Gives the word to one after the other, those who sit far from each other in turn.
async fn send(ways: &[mpsc::Sender<()>], relay: Relay) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (begun, mut given) = (Instant::now(), 0);
    // Coprime to how many there are, mostly: everybody's turn comes.
    let stride = 7_919;
    while begun.elapsed() < Duration::from_secs(relay.seconds) {
        ticks.tick().await;
        let due = begun.elapsed().as_millis() as u64 * relay.rate / 1000;
        while given < due {
            let way = &ways[(given as usize * stride) % ways.len()];
            // Whoever does not come to send it is seen in what was sent.
            way.try_send(()).ok();
            given += 1;
        }
    }
}

/// Waits for a line on the standard input, or its end.
async fn told() -> anyhow::Result<()> {
    tokio::task::spawn_blocking(|| std::io::stdin().lock().read_line(&mut String::new())).await??;
    Ok(())
}
