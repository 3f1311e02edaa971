//! Measures durable events a second: `cargo run --release -p engawa-ledger --example durable [folder]`.
//!
//! Each appender writes to a room of its own, one event after the other, and waits for each
//! acknowledgement. Each figure is a JSON object on a line of its own. The folder is made below the one given (else the system's temporary one); the
//! NATS servers are the machine's `nats-server`, one and a cluster of three on the loopback.

#[path = "../tests/support/servers.rs"]
#[allow(dead_code, reason = "nobody is killed here")]
mod servers;

use engawa_ledger::Ledger;
use engawa_ledger::nats::{NatsConfig, NatsLedger, Tls};
use engawa_ledger::sled::SledLedger;
use engawa_protocol::{Actor, Event, Millis, Recorded, RoomId};
use servers::Servers;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const APPENDERS: [u8; 3] = [1, 8, 64];
const MEASURED: Duration = Duration::from_secs(3);
const SERVERS_WITHIN: Duration = Duration::from_secs(40);

#[tokio::main]
async fn main() {
    let folder = match std::env::args().nth(1) {
        Some(below) => tempfile::tempdir_in(below).expect("the folder can be written to"),
        None => tempfile::tempdir().expect("a temporary folder can be made"),
    };
    let mut rooms = 0..;
    let ledger: Arc<dyn Ledger> = Arc::new(SledLedger::open(folder.path()).expect("the folder is new"));
    for appenders in APPENDERS {
        measure("sled", &ledger, appenders, &mut rooms).await;
    }
    for count in [1, 3] {
        let Some(servers) = Servers::start(count) else { continue };
        let ledger: Arc<dyn Ledger> = Arc::new(connect(&servers, count).await);
        let name = if count == 1 { "nats, one server" } else { "nats, cluster of three" };
        for appenders in APPENDERS {
            measure(name, &ledger, appenders, &mut rooms).await;
        }
    }
}

async fn connect(servers: &Servers, replicas: usize) -> NatsLedger {
    let (servers, prefix) = (servers.addresses.clone(), "bench".to_owned());
    let config = NatsConfig { servers, credentials: None, token: None, tls: Tls::default(), replicas, prefix };
    let until = Instant::now() + SERVERS_WITHIN;
    loop {
        match NatsLedger::open(&config).await {
            Ok(ledger) => return ledger,
            Err(error) if Instant::now() >= until => panic!("the servers do not come: {error:?}"),
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn measure(name: &str, ledger: &Arc<dyn Ledger>, appenders: u8, rooms: &mut impl Iterator<Item = u64>) {
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..appenders {
        let mut digits = [0; 16];
        digits[..8].copy_from_slice(&rooms.next().expect("rooms do not end").to_be_bytes());
        let (ledger, room) = (ledger.clone(), RoomId::from_random(digits));
        tasks.spawn(async move {
            let mut waits = Vec::new();
            while begun.elapsed() < MEASURED {
                let last = waits.len() as u32;
                let event = Recorded {
                    seq: last + 1,
                    at: Millis(u64::from(last)),
                    by: Actor::Service,
                    command: None,
                    event: Event::KnockCancelled,
                };
                let asked = Instant::now();
                ledger.append(&room, last, &[event]).await.expect("nobody else appends");
                waits.push(asked.elapsed());
            }
            waits
        });
    }
    let mut waits = tasks.join_all().await.concat();
    let seconds = begun.elapsed().as_secs_f64();
    waits.sort();
    let p99 = waits[waits.len() * 99 / 100].as_secs_f64() * 1000.0;
    let per_second = waits.len() as f64 / seconds;
    println!(
        "{}",
        serde_json::json!({ "ledger": name, "appenders": appenders, "per_second": per_second, "p99_ms": p99 })
    );
}
