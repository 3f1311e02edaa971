//! The service killed while interviews are booked: no booking is left half-way.

mod support;

use engawa_ledger::Ledger;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use support::process::Process;
use support::web::{now, sign_in, try_request};
use support::{House, PATIENCE};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

const DAY: u64 = 24 * 60 * 60 * 1000;
/// Bookings that are under way at a time.
const UNDER_WAY: u64 = 6;
/// Starts after which a kill must have fallen between a record and its room's log at least once.
const KILLS: usize = 60;
/// As many times it shall have.
const HALF_WAY: usize = 3;

fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % below
}

/// Records of interviews, and which of them have no log.
async fn records(ledger: &dyn Ledger) -> (Vec<String>, Vec<String>) {
    let rooms = ledger.rooms().await.unwrap();
    let room = |key: String| key.rsplit('/').next().unwrap().to_owned();
    let all: Vec<_> = ledger.list("interview/").await.unwrap().into_iter().map(|(key, _)| room(key)).collect();
    let without = all.iter().filter(|room| !rooms.contains(&room.parse().unwrap())).cloned().collect();
    (all, without)
}

// E4, E5, P7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interview_whose_booking_was_killed_half_way_is_booked_by_the_next_start() {
    let house = House::furnish("", "");
    house.add_host("takahashi", "minato").await;
    let booked = Arc::new(Mutex::new(Vec::new()));
    let (mut kills, mut half_way) = (0, Vec::new());
    while half_way.len() < HALF_WAY {
        assert!(kills < KILLS, "no kill fell in between");
        let mut process = Process::start(&house).await;
        let (address, cookie) = (process.address, format!("cookie: {}", sign_in(process.address, "takahashi").await));
        let mut booking = tokio::task::JoinSet::new();
        for n in 0..UNDER_WAY {
            let (cookie, booked) = (cookie.clone(), booked.clone());
            booking.spawn(async move {
                let body = json!({ "kind": "interview", "starts": now() + (n + 1) * DAY, "guest": "佐藤花子" });
                let headers = [cookie.as_str(), "content-type: application/json"];
                // Until the service is gone.
                while let Some(answer) = try_request(address, "POST /api/interviews", &headers, &body.to_string()).await
                {
                    assert_eq!(answer.status, 201, "{answer:?}");
                    let made: Value = serde_json::from_str(&answer.body).unwrap();
                    booked.lock().await.push(made["room"].as_str().unwrap().to_owned());
                }
            });
        }
        sleep(Duration::from_millis(20 + random(60))).await;
        process.kill().await;
        timeout(PATIENCE, booking.join_all()).await.expect("a killed service answers nobody");
        half_way.extend(records(&house.ledger()).await.1);
        kills += 1;
    }
    eprintln!("{kills} kills, {} booked, {} half-way", booked.lock().await.len(), half_way.len());
    let mut process = Process::start(&house).await;
    let cookie = format!("cookie: {}", sign_in(process.address, "takahashi").await);
    for room in booked.lock().await.iter().chain(&half_way) {
        let line = format!("GET /api/interviews/{room}");
        let answer = try_request(process.address, &line, &[&cookie], "").await.unwrap();
        assert_eq!(answer.status, 200, "{room}: {answer:?}");
        assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap()["state"], "booked", "{room}");
    }
    process.kill().await;
    let (all, without) = records(&house.ledger()).await;
    assert!(without.is_empty(), "{without:?} of {} have a record and no room", all.len());
}
