//! Notices to candidates, as a real receiver gets them.

mod support;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use support::web::{Api, now};
use support::{House, PATIENCE};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

const SECRET: &str = "a secret of both";
const HOUR: u64 = 60 * 60 * 1000;

/// A webhook that answers what it is told to, then 200, and hands on what it got.
struct Receiver {
    port: u16,
    got: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
    serving: AbortHandle,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    async fn open(answers: &[u16]) -> Self {
        let answers = Arc::new(Mutex::new(VecDeque::from(answers.to_vec())));
        let (hand_on, got) = mpsc::unbounded_channel();
        let take = async move |headers: HeaderMap, body: Bytes| {
            hand_on.send((headers, body)).ok();
            StatusCode::from_u16(answers.lock().unwrap().pop_front().unwrap_or(200)).unwrap()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = Router::new().route("/hook", post(take));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() }).abort_handle();
        Self { port, got, serving }
    }

    /// The next notice, whose signature is right.
    async fn next(&mut self) -> Value {
        let got = tokio::time::timeout(PATIENCE, self.got.recv()).await.expect("a notice in time");
        let (headers, body) = got.unwrap();
        let signature = headers["engawa-signature"].to_str().unwrap();
        let (time, mac) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        assert!(now() / 1000 - time.parse::<u64>().unwrap() < 60);
        assert_eq!(mac, hmac(SECRET.as_bytes(), &[format!("{time}.").as_bytes(), &body].concat()));
        serde_json::from_slice(&body).unwrap()
    }

    fn nothing_more(&mut self) {
        assert!(self.got.try_recv().is_err());
    }
}

/// HMAC-SHA256 by the book (RFC 2104), apart from the service's own.
fn hmac(key: &[u8], message: &[u8]) -> String {
    let pad = |with: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect() };
    let inner = Sha256::digest([pad(0x36), message.to_vec()].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn house(receiver: &Receiver) -> House {
    let notices = format!(
        "link = \"https://fair.example\"\n[notices]\nurl = \"http://127.0.0.1:{}/hook\"\nsecret_file = \"hook\"\nretry = 1\n",
        receiver.port
    );
    let mut house = House::furnish(&notices, "");
    std::fs::write(house.folder.path().join("hook"), SECRET).unwrap();
    house.add_host("takahashi", "minato").await;
    house.start().await;
    house
}

// E6
#[tokio::test]
async fn a_booking_is_confirmed_and_reminded_with_link_and_code() {
    let mut receiver = Receiver::open(&[]).await;
    let house = house(&receiver).await;
    let host = Api::of(house.address(), "takahashi").await;
    let room = host.book(24 * HOUR + 6_000, json!({ "contact": "sato@example.org" })).await;
    let (first, second) = (receiver.next().await, receiver.next().await);
    assert_eq!((&first["kind"], &second["kind"]), (&json!("confirmed"), &json!("day_before")));
    for notice in [&first, &second] {
        assert_eq!((&notice["room"], &notice["contact"]), (&json!(room), &json!("sato@example.org")));
        let code = notice["code"].as_str().unwrap();
        assert_eq!(notice["link"], json!(format!("https://fair.example/#/interview/{code}")));
        assert_eq!(notice["booking"]["guest"], "佐藤花子");
    }
    let soon = host.book(HOUR + 6_000, json!({})).await;
    for kind in ["confirmed", "hour_before"] {
        let notice = receiver.next().await;
        assert_eq!((&notice["kind"], &notice["room"]), (&json!(kind), &json!(soon)));
    }
    receiver.nothing_more();
}

// E6
#[tokio::test]
async fn what_is_not_delivered_is_tried_again_and_a_restart_repeats_nothing() {
    let mut receiver = Receiver::open(&[500, 503]).await;
    let mut house = house(&receiver).await;
    let host = Api::of(house.address(), "takahashi").await;
    host.book(24 * HOUR + 15_000, json!({})).await;
    let first = receiver.next().await;
    house.stop().await;
    house.start().await;
    let (second, third) = (receiver.next().await, receiver.next().await);
    assert_eq!((&first["id"], &second["id"]), (&second["id"], &third["id"]));
    let reminder = receiver.next().await;
    assert_eq!(reminder["kind"], "day_before");
    receiver.nothing_more();
}

// E6
#[tokio::test]
async fn a_changed_interview_has_new_times_and_a_cancelled_one_no_notice() {
    let mut receiver = Receiver::open(&[]).await;
    let house = house(&receiver).await;
    let host = Api::of(house.address(), "takahashi").await;
    let cancelled = host.book(24 * HOUR + 6_000, json!({})).await;
    let moved = host.book(48 * HOUR, json!({})).await;
    assert_eq!(host.ask(&format!("DELETE /api/interviews/{cancelled}"), Value::Null).await.0, 204);
    let starts = json!({ "starts": now() + 24 * HOUR + 7_000 });
    assert_eq!(host.ask(&format!("PATCH /api/interviews/{moved}"), starts).await.0, 200);
    let mut kinds = Vec::new();
    // The one that is moved comes after the one that is not any more would have.
    while kinds.last() != Some(&("day_before".to_owned(), moved.clone())) {
        let notice = receiver.next().await;
        kinds.push((notice["kind"].as_str().unwrap().to_owned(), notice["room"].as_str().unwrap().to_owned()));
    }
    assert!(!kinds.contains(&("day_before".to_owned(), cancelled)), "{kinds:?}");
}
