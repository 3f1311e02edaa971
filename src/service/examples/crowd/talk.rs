//! Lines of chat, kept for good: each of the crowd writes the next one once the last was acknowledged.

use crate::guests::{Guest, Guests};
use engawa_protocol::{Command, limits};
use futures_util::StreamExt;
use std::pin::pin;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

const COMING: usize = 16;
/// Below the rate that the service allows a client.
const BREATH: Duration = Duration::from_millis(1000 / limits::RATE_PER_SECOND as u64 + 3);

pub async fn talk(guests: Guests, pairs: usize, seconds: u64) -> anyhow::Result<()> {
    let mut all = Vec::new();
    let mut coming = pin!(futures_util::stream::iter(0..pairs).map(|at| guests.meet(at)).buffer_unordered(COMING));
    while let Some(pair) = coming.next().await {
        let (booth, host, _) = pair?;
        all.extend([booth, host]);
    }
    let (begun, writers) = (Instant::now(), all.len());
    let mut tasks = JoinSet::new();
    for guest in all {
        tasks.spawn(write(guest, begun + Duration::from_secs(seconds)));
    }
    let waits: Vec<Vec<Duration>> = tasks.join_all().await.into_iter().collect::<anyhow::Result<_>>()?;
    let mut waits = waits.concat();
    let seconds = begun.elapsed().as_secs_f64();
    waits.sort();
    let ms = |share: f64| waits.get((waits.len() as f64 * share) as usize).map(|wait| wait.as_secs_f64() * 1000.0);
    println!(
        "{}",
        serde_json::json!({
            "writers": writers, "lines": waits.len(), "per_second": waits.len() as f64 / seconds,
            "p50_ms": ms(0.5), "p99_ms": ms(0.99),
        })
    );
    Ok(())
}

async fn write(mut guest: Guest, until: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut waits = Vec::new();
    loop {
        let asked = Instant::now();
        if asked >= until {
            return Ok(waits);
        }
        guest.command(Command::Say { text: format!("本日はよろしくお願いいたします。{}", waits.len()) }).await?;
        waits.push(asked.elapsed());
        sleep_until(asked + BREATH).await;
    }
}
