//! What is kept long enough goes as a whole, whoever is killed meanwhile, and does not come back.

mod support;

use engawa_ledger::{Expect, Ledger};
use engawa_protocol::{ClientMessage, Command, Event, FileId, Refusal, RoomId, ServiceMessage};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use support::client::Client;
use support::process::Process;
use support::web::{Api, request};
use support::{House, PATIENCE, fresh_room, token};
use tokio::time::{Instant, sleep, timeout};

const TEXT: &str = "履歴書";

fn hash(bytes: &str) -> String {
    engawa_service::config::hash(bytes).map(|byte| format!("{byte:02x}")).concat()
}

/// An upload of [`TEXT`], of which all or the first bytes come; answers its id.
async fn upload(address: SocketAddr, room: &str, bytes: usize) -> String {
    let bearer = format!("authorization: Bearer {}", token("a-01"));
    let body = json!({ "name": "履歴書.txt", "size": TEXT.len(), "sha256": hash(TEXT) }).to_string();
    let headers = [bearer.as_str(), "content-type: application/json"];
    let made = request(address, &format!("POST /api/rooms/{room}/files"), &headers, &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = serde_json::from_str::<Value>(&made.body).unwrap()["upload"].as_str().unwrap().to_owned();
    let line = format!("PATCH /api/rooms/{room}/files/{id}");
    let sent = request(address, &line, &[&bearer, "upload-offset: 0"], &TEXT[..bytes]).await;
    assert_eq!(sent.status, 204, "{sent:?}");
    id
}

/// A booked interview with a line and a file, which is over.
async fn interview(address: SocketAddr) -> String {
    let room = Api::of(address, "takahashi").await.book(1000, json!({ "booth": "a-01" })).await;
    let id: RoomId = room.parse().unwrap();
    let (mut guest, mut host) = (Client::booth(address, "a-01").await, Client::host(address, "takahashi").await);
    guest.knock(&id, "minato").await.unwrap();
    guest.join(&id).await.unwrap();
    host.join(&id).await.unwrap();
    host.command(&id, Command::Admit).await.unwrap();
    guest.command(&id, Command::Say { text: "はい".into() }).await.unwrap();
    upload(address, &room, TEXT.len()).await;
    guest.command(&id, Command::SendFile { file: hash(TEXT).parse::<FileId>().unwrap() }).await.unwrap();
    host.command(&id, Command::End).await.unwrap();
    let mut log = guest.follow(&id, 0).await;
    guest.events_until(&id, &mut log, |recorded| matches!(recorded.event, Event::Ended { .. })).await;
    room
}

/// Changes the record whose key begins and ends so, once it is there.
async fn change(ledger: &dyn Ledger, begin: &str, end: &str, change: impl Fn(&mut Value)) {
    let changing = async {
        loop {
            let found = ledger.list(begin).await.unwrap().into_iter().find(|(key, _)| key.ends_with(end));
            if let Some((key, entry)) = found {
                let mut value: Value = serde_json::from_slice(&entry.value).unwrap();
                change(&mut value);
                ledger.put(&key, value.to_string().as_bytes(), Expect::Revision(entry.revision)).await.unwrap();
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, changing).await.expect("the record is there");
}

/// Its time is over.
async fn age(ledger: &dyn Ledger, room: &str) {
    change(ledger, "record/", room, |record| record["until"] = json!(1)).await;
}

/// What the ledger's records still hold of a room.
async fn traces(ledger: &dyn Ledger, room: &str) -> Vec<String> {
    let all = ledger.list("").await.unwrap();
    let of_it = |(key, entry): &(String, engawa_ledger::Entry)| {
        key.contains(room) || String::from_utf8_lossy(&entry.value).contains(room)
    };
    all.into_iter().filter(of_it).map(|(key, _)| key).collect()
}

async fn is_removed(ledger: &dyn Ledger, room: &str) -> bool {
    traces(ledger, room).await.is_empty() && !ledger.rooms().await.unwrap().contains(&room.parse().unwrap())
}

async fn has_file(ledger: &dyn Ledger) -> bool {
    ledger.has_blob(&hash(TEXT).parse().unwrap()).await.unwrap()
}

async fn until_removed(ledger: &dyn Ledger, room: &str) {
    let removing = async {
        while !is_removed(ledger, room).await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, removing).await.unwrap_or_else(|_| panic!("something of the room is left"));
}

// R5
#[tokio::test]
async fn an_interview_whose_time_is_over_goes_as_a_whole_and_its_number_opens_nothing_again() {
    let (mut one, mut two) = (House::furnish("", ""), House::furnish("", ""));
    for (account, company) in [("takahashi", "minato"), ("fair", "")] {
        one.add_host(account, company).await;
    }
    let ledger: Arc<dyn Ledger> = Arc::new(one.ledger());
    one.start_on(ledger.clone()).await;
    let (room, kept) = (interview(one.address()).await, interview(one.address()).await);
    let id: RoomId = room.parse().unwrap();
    // They still follow it, on a node that does not sweep now.
    let mut guest = Client::booth(one.address(), "a-01").await;
    let mut host = Client::host(one.address(), "takahashi").await;
    let log = guest.follow(&id, 0).await;
    host.follow(&id, 0).await;
    assert!(traces(&*ledger, &room).await.len() >= 4, "record, interview, upload and reference");
    age(&*ledger, &room).await;
    two.start_on(ledger.clone()).await;
    until_removed(&*ledger, &room).await;
    for follower in [&mut guest, &mut host] {
        assert_eq!(follower.events(&id).await, (vec![], 0), "the interview is no more");
    }
    for at in [one.address(), two.address()] {
        let host = Api::of(at, "takahashi").await;
        for path in [
            format!("/api/interviews/{room}"),
            format!("/api/records/{room}/participants.csv"),
            format!("/api/records/{room}/chat.csv"),
            format!("/api/rooms/{room}/files/{}", log.len()),
        ] {
            assert_eq!(host.get(&path).await.status, 404, "{path}");
        }
        let staff = Api::of(at, "fair").await;
        assert_eq!(staff.get(&format!("/api/records/{room}/audit.jsonl")).await.status, 404);
        let offered = host.ask("GET /api/records", Value::Null).await.1;
        assert_eq!((offered.as_array().unwrap().len(), &offered[0]["room"]), (1, &json!(kept)));
    }
    // A booth that still knows the number.
    assert_eq!(guest.command(&id, Command::Say { text: "まだ".into() }).await, Err(Refusal::NoSuchRoom));
    let mut stale = Client::booth(two.address(), "a-01").await;
    assert_eq!(stale.knock(&id, "minato").await, Err(Refusal::NoSuchRoom));
    stale.send(&ClientMessage::Follow { room: id.clone(), after: log.len() as u32 }).await;
    assert_eq!(stale.events(&id).await, (vec![], 0));
    assert_eq!(host.command(&id, Command::Admit).await, Err(Refusal::NoSuchRoom));
    one.stop().await;
    one.start_on(ledger.clone()).await;
    let mut stale = Client::booth(one.address(), "a-01").await;
    assert_eq!(stale.knock(&id, "minato").await, Err(Refusal::NoSuchRoom));
    assert!(is_removed(&*ledger, &room).await);
    // The same file in an interview that is kept is another matter.
    assert!(has_file(&*ledger).await && !traces(&*ledger, &kept).await.is_empty());
    let seen = stale.so_far().await;
    assert!(!seen.iter().any(|message| matches!(message, ServiceMessage::Fault { .. })), "{seen:?}");
}

/// As many old interviews as `copies`, each like `room` and with its file.
async fn copy(ledger: &dyn Ledger, room: &str, copies: u8) -> Vec<String> {
    let log = ledger.read(&room.parse().unwrap(), 0).await.unwrap();
    let all = ledger.list("").await.unwrap();
    let mut names = Vec::new();
    for n in 0..copies {
        let name = format!("{:032x}", 0xfeed_0000 + u128::from(n));
        ledger.append(&name.parse().unwrap(), 0, &log).await.unwrap();
        for (key, entry) in &all {
            if key.contains(room) {
                let value = String::from_utf8(entry.value.clone()).unwrap().replace(room, &name);
                ledger.put(&key.replace(room, &name), value.as_bytes(), Expect::New).await.unwrap();
            }
        }
        age(ledger, &name).await;
        names.push(name);
    }
    names
}

fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % below
}

// R5, P7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_that_is_killed_at_any_moment_is_done_by_the_next_start() {
    const OLD: u8 = 40;
    const MOST: usize = 150;
    let mut house = House::furnish("", "");
    house.add_host("takahashi", "minato").await;
    house.start().await;
    let room = interview(house.address()).await;
    house.stop().await;
    let old = {
        let ledger = house.ledger();
        let old = copy(&ledger, &room, OLD).await;
        age(&ledger, &room).await;
        [old, vec![room]].concat()
    };
    let (mut kills, mut halves) = (0, 0);
    loop {
        let mut process = Process::start(&house).await;
        // Longer and longer lives, or a slow disk would never come to an end.
        sleep(Duration::from_millis(random(80 + 2 * kills as u64))).await;
        process.kill().await;
        kills += 1;
        let ledger = house.ledger();
        let rooms = ledger.rooms().await.unwrap();
        let mut left = 0;
        for room in &old {
            let (traces, log) = (traces(&ledger, room).await, rooms.contains(&room.parse().unwrap()));
            left += usize::from(log || !traces.is_empty());
            halves += usize::from(!log && !traces.is_empty());
            let record = traces.iter().any(|key| key.starts_with("record/"));
            assert!(record || (!log && traces.is_empty()), "what is left has no record: {traces:?}");
        }
        if left == 0 {
            break;
        }
        assert!(kills < MOST, "{left} of {OLD} are left");
    }
    eprintln!("{kills} kills; {halves} times an interview was found half removed");
    assert!(kills > 1 && halves > 0, "the kills came too late");
    let ledger = house.ledger();
    assert!(!has_file(&ledger).await, "nobody needs the file any more");
    assert_eq!(ledger.rooms().await.unwrap(), []);
    for kind in ["record/", "interview/", "notice/", "upload/", "file/", "piece/"] {
        assert!(ledger.list(kind).await.unwrap().is_empty(), "{kind}");
    }
}

// T2
#[tokio::test]
async fn an_upload_that_nobody_goes_on_with_is_forgotten_and_one_that_was_sent_is_not() {
    let mut house = House::furnish("", "");
    house.add_host("takahashi", "minato").await;
    house.start().await;
    let sent = interview(house.address()).await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let (cut, unsent) = (fresh_room(), fresh_room());
    guest.knock(&cut, "minato").await.unwrap();
    let id = upload(house.address(), cut.as_str(), 6).await;
    guest.knock(&unsent, "minato").await.unwrap();
    upload(house.address(), unsent.as_str(), TEXT.len()).await;
    house.stop().await;
    {
        let ledger = house.ledger();
        assert_eq!(ledger.list(&format!("piece/{id}/")).await.unwrap().len(), 1);
        for room in [sent.as_str(), cut.as_str(), unsent.as_str()] {
            change(&ledger, &format!("upload/{room}/"), "", |upload| upload["expires"] = json!(1)).await;
        }
    }
    let begun = support::web::now();
    let ledger = Arc::new(house.ledger());
    house.start_on(ledger.clone()).await;
    let until = Instant::now() + PATIENCE;
    let count = async || ledger.list("upload/").await.unwrap().len();
    while count().await > 1 {
        assert!(Instant::now() < until, "old uploads are left");
        sleep(Duration::from_millis(10)).await;
    }
    loop {
        let (_, entry) = ledger.list("upload/").await.unwrap().remove(0);
        let upload: Value = serde_json::from_slice(&entry.value).unwrap();
        if upload["expires"].as_u64().unwrap() >= begun {
            break;
        }
        assert!(Instant::now() < until, "it is not looked at again later: {upload}");
        sleep(Duration::from_millis(10)).await;
    }
    assert!(ledger.list("piece/").await.unwrap().is_empty());
    assert_eq!(ledger.list("file/").await.unwrap().len(), 1);
    assert!(has_file(&*ledger).await);
}
