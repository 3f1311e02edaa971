//! Booths that enrol with a one-time token and sign in with a key of their own (P2).

mod support;

use engawa_ledger::Ledger;
use engawa_ledger::nats::{NatsConfig, NatsLedger, Tls};
use engawa_protocol::{ClientMessage, CloseCode, Device as Machine, Fallback, ServiceMessage};
use engawa_service::booths::EnrolKey;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;
use support::client::Client;
use support::device::{Device, challenge, fresh_token, open, token};
use support::process::Process;
use support::servers::Servers;
use support::web::{Api, now, request};
use support::{House, PATIENCE, booth_text};
use tokio::time::{Instant, sleep};

fn make_tokens(config: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_engawa-service"));
    command.args(["enrol-token", "--config"]).arg(config).args(more).output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The booth as the staff's list has it.
async fn listed(staff: &Api, booth: &str) -> Option<Value> {
    let (status, booths) = staff.ask("GET /api/v1/booths", Value::Null).await;
    assert_eq!(status, 200, "{booths}");
    booths.as_array().unwrap().iter().find(|found| found["id"] == booth).cloned()
}

async fn new_token(staff: &Api, booth: &str) -> String {
    let (status, made) = staff.ask(&format!("POST /api/v1/booths/{booth}/enrol-token"), json!({})).await;
    assert_eq!(status, 201, "{made}");
    assert!(made["expires"].as_u64().unwrap() > now());
    made["token"].as_str().unwrap().to_owned()
}

// P2
#[tokio::test]
async fn a_token_from_the_command_line_beside_a_running_service_makes_a_booth() {
    let house = House::furnish("", "");
    house.add_host("fair", "").await;
    let service = Process::start(&house).await;
    let at = service.address;
    let made = make_tokens(&house.config_file(), &["--booth", "b-07", "--name", "七番ブース", "--company", "minato"]);
    assert!(made.status.success(), "{}", words(&made));
    let token = String::from_utf8(made.stdout).unwrap();
    let device = Device::new();
    let (status, who) = device.enrol(at, token.trim()).await;
    assert_eq!((status, &who), (200, &json!({ "booth": "b-07", "name": "七番ブース" })));
    let bearer = device.sign_in(at, "b-07").await;
    let mut booth = device.connect(at, "b-07").await;
    booth.until(|message| matches!(message, ServiceMessage::Directory { .. }).then_some(())).await;
    let staff = Api::of(at, "fair").await;
    let found = listed(&staff, "b-07").await.unwrap();
    assert_eq!((&found["state"], &found["company"]), (&json!("enrolled"), &json!("minato")));
    // The same bearer is good for files.
    let room = support::fresh_room();
    let file = json!({ "name": "a.txt", "size": 1, "sha256": "0".repeat(64) }).to_string();
    let post = format!("POST /api/rooms/{room}/files");
    let with = |bearer: String| {
        let (post, file) = (post.clone(), file.clone());
        async move {
            let headers = [&*format!("authorization: Bearer {bearer}"), "content-type: application/json"];
            request(at, &post, &headers, &file).await.status
        }
    };
    assert_eq!((with(bearer).await, with("f".repeat(64)).await), (404, 401));
    // Neither token nor bearer stands in the log.
    let log = std::fs::read_to_string(Process::log_file(&house)).unwrap();
    assert!(log.contains("a booth has enrolled") && !log.contains(token.trim()) && !log.contains("七番"), "{log}");
}

// P2
#[tokio::test]
async fn only_the_booths_own_signature_of_a_fresh_challenge_signs_in_and_once() {
    let house = House::open().await;
    let at = house.address();
    let (device, stranger) = (Device::new(), Device::new());
    assert_eq!(device.enrol(at, &fresh_token(&house, "b-01")).await.0, 200);
    assert_eq!(stranger.enrol(at, &fresh_token(&house, "b-02")).await.0, 200);
    let asked = challenge(at, "b-01").await;
    assert_eq!(stranger.answer(at, "b-01", &asked).await.0, 401, "another booth's key");
    assert_eq!(device.answer(at, "b-01", &challenge(at, "b-02").await).await.0, 409, "another booth's challenge");
    let mut forged = asked.clone().into_bytes();
    forged[50] ^= 1;
    assert_eq!(device.answer(at, "b-01", &String::from_utf8(forged).unwrap()).await.0, 409);
    assert_eq!(device.answer(at, "b-01", &asked).await.0, 200);
    assert_eq!(device.answer(at, "b-01", &asked).await.0, 409, "a challenge is good once");
    // Whoever is not known gets a challenge as well, and no further; so does a booth of the configuration.
    for booth in ["z-99", "a-01"] {
        assert_eq!(device.answer(at, booth, &challenge(at, booth).await).await.0, 401);
    }
    assert_eq!(open(at, &device.public()).await, Err(401));
    // A token for a booth that the configuration knows is worth nothing.
    let (status, said) = device.enrol(at, &fresh_token(&house, "a-01")).await;
    assert_eq!((status, &said["error"]), (401, &json!("unknown")));
}

// P2
#[tokio::test]
async fn a_booth_that_the_configuration_names_later_has_its_key_no_longer() {
    let mut house = House::open().await;
    let device = Device::new();
    assert_eq!(device.enrol(house.address(), &fresh_token(&house, "b-01")).await.0, 200);
    let bearer = device.sign_in(house.address(), "b-01").await;
    house.stop().await;
    let named = std::fs::read_to_string(house.config_file()).unwrap() + &booth_text("b-01");
    std::fs::write(house.config_file(), named).unwrap();
    house.start().await;
    let at = house.address();
    assert_eq!(device.answer(at, "b-01", &challenge(at, "b-01").await).await.0, 401);
    assert_eq!(open(at, &bearer).await, Err(401));
    Client::booth(at, "b-01").await;
}

// P2
#[tokio::test]
async fn a_token_is_taken_once_and_its_card_does_not_enrol_a_second_booth() {
    let house = House::open().await;
    let at = house.address();
    let (first, copy) = (Device::new(), Device::new());
    let token = fresh_token(&house, "b-01");
    let (one, two) = tokio::join!(first.enrol(at, &token), copy.enrol(at, &token));
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{one:?} {two:?}");
    let (won, lost) = if one.0 == 200 { (&first, &copy) } else { (&copy, &first) };
    // The answer may have been lost on its way.
    assert_eq!(won.enrol(at, &token).await, (200, json!({ "booth": "b-01", "name": "B-01" })));
    let (status, said) = lost.enrol(at, &token).await;
    assert_eq!((status, &said["error"]), (409, &json!("used")));
    won.connect(at, "b-01").await;
    assert_eq!(lost.answer(at, "b-01", &challenge(at, "b-01").await).await.0, 401);
}

// P2
#[tokio::test]
async fn a_token_that_is_over_or_of_somebody_else_is_refused() {
    let house = House::open().await;
    let (at, device) = (house.address(), Device::new());
    let (status, said) = device.enrol(at, &token(&house, "b-01", now() - 60_000, 59_000)).await;
    assert_eq!((status, &said["error"]), (410, &json!("expired")));
    let elsewhere = House::open().await;
    for wrong in [fresh_token(&elsewhere, "b-01"), "no-token-at-all-of-anybody".to_owned()] {
        let (status, said) = device.enrol(at, &wrong).await;
        assert_eq!((status, &said["error"]), (401, &json!("unknown")));
    }
    // The key must be held by whoever names it.
    let token = fresh_token(&house, "b-01");
    let proof = Device::new().sign(&format!("engawa-enrol-1\n{token}"));
    let body = json!({ "token": token, "public_key": device.public(), "proof": proof }).to_string();
    let answer = request(at, "POST /api/v1/enrol", &["content-type: application/json"], &body).await;
    assert_eq!(answer.status, 422);
    let staff = Api::of(at, "fair").await;
    assert_eq!(listed(&staff, "b-01").await, None);
    // Later, an older token does not put the booth out.
    let (older, newer) = (support::web::now() - 10, support::web::now());
    let (older, newer) =
        (support::device::token(&house, "b-01", older, 60_000), support::device::token(&house, "b-01", newer, 60_000));
    assert_eq!(device.enrol(at, &newer).await.0, 200);
    let (status, said) = Device::new().enrol(at, &older).await;
    assert_eq!((status, &said["error"]), (410, &json!("expired")));
}

// P2
#[tokio::test]
async fn a_revoked_booth_is_out_at_once_until_it_enrols_with_a_new_token() {
    let house = House::open().await;
    let (at, device) = (house.address(), Device::new());
    let staff = Api::of(at, "fair").await;
    let new = json!({ "id": "b-01", "name": "B-01" });
    assert_eq!(staff.ask("POST /api/v1/booths", new.clone()).await.0, 201);
    assert_eq!(staff.ask("POST /api/v1/booths", new).await.0, 409);
    assert_eq!(listed(&staff, "b-01").await.unwrap()["state"], "registered");
    let token = new_token(&staff, "b-01").await;
    let spare = fresh_token(&house, "b-01");
    assert_eq!(device.enrol(at, &token).await.0, 200);
    let bearer = device.sign_in(at, "b-01").await;
    let (mut booth, mut other) = (device.connect(at, "b-01").await, Client::booth(at, "a-01").await);
    let begun = Instant::now();
    let (status, revoked) = staff.ask("POST /api/v1/booths/b-01/revoke", Value::Null).await;
    assert_eq!((status, &revoked["state"]), (200, &json!("revoked")));
    assert_eq!(booth.closed().await, CloseCode::SignedOut as u16);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(open(at, &bearer).await, Err(401));
    assert_eq!(device.answer(at, "b-01", &challenge(at, "b-01").await).await.0, 401);
    for (token, word) in [(&token, "used"), (&spare, "expired")] {
        assert_eq!(device.enrol(at, token).await.1["error"], word, "neither of the tokens that were there");
    }
    other.so_far().await;
    let token = new_token(&staff, "b-01").await;
    assert_eq!(device.enrol(at, &token).await.0, 200);
    let mut booth = device.connect(at, "b-01").await;
    assert_eq!(open(at, &bearer).await, Ok(()), "the key is the same");
    // That one took the place of the other (E8); a card that is written anew puts both out.
    booth.closed().await;
    let mut booth = device.connect(at, "b-01").await;
    let fresh = Device::new();
    assert_eq!(fresh.enrol(at, &new_token(&staff, "b-01").await).await.0, 200);
    assert_eq!(booth.closed().await, CloseCode::SignedOut as u16);
    assert_eq!(open(at, &bearer).await, Err(401));
    let mut booth = fresh.connect(at, "b-01").await;
    assert_eq!(staff.ask("DELETE /api/v1/booths/b-01", Value::Null).await.0, 204);
    assert_eq!(booth.closed().await, CloseCode::SignedOut as u16);
    assert_eq!(listed(&staff, "b-01").await, None);
    assert_eq!(fresh.enrol(at, &spare).await.1["error"], "expired", "a removed booth does not come back by itself");
}

// P2
#[tokio::test]
async fn the_staff_alone_look_after_booths_and_those_of_the_configuration_stay_as_they_are() {
    let house = House::open().await;
    let at = house.address();
    let (staff, host) = (Api::of(at, "fair").await, Api::of(at, "takahashi").await);
    let new = json!({ "id": "b-01", "name": "B-01", "company": "minato" });
    for line in ["GET /api/v1/booths", "POST /api/v1/booths", "POST /api/v1/booths/a-01/revoke"] {
        let body = if line == "POST /api/v1/booths" { new.clone() } else { Value::Null };
        assert_eq!(host.ask(line, body).await.0, 403, "{line}");
    }
    assert_eq!(host.ask("POST /api/v1/booths/a-01/enrol-token", json!({})).await.0, 403);
    assert_eq!(listed(&staff, "a-01").await.unwrap()["state"], "configured");
    for line in ["POST /api/v1/booths/a-01/revoke", "DELETE /api/v1/booths/a-01"] {
        assert_eq!(staff.ask(line, Value::Null).await.0, 409, "{line}");
    }
    assert_eq!(staff.ask("POST /api/v1/booths/z-99/enrol-token", json!({})).await.0, 404);
    assert_eq!(
        staff.ask("POST /api/v1/booths", json!({ "id": "b-01", "name": "B", "company": "nobody" })).await.0,
        404
    );
    assert_eq!(staff.ask("POST /api/v1/booths", json!({ "id": "b-01", "name": "あ".repeat(65) })).await.0, 422);
    assert_eq!(staff.ask("POST /api/v1/booths", new).await.0, 201);
    let (_, changed) = staff.ask("PATCH /api/v1/booths/b-01", json!({ "name": "窓際" })).await;
    assert_eq!((&changed["name"], &changed["company"]), (&json!("窓際"), &json!("minato")));
    let (_, changed) = staff.ask("PATCH /api/v1/booths/b-01", json!({ "company": null })).await;
    assert_eq!((&changed["name"], changed.get("company")), (&json!("窓際"), None));
    // What the staff call it goes before what its token says.
    let (_, who) = Device::new().enrol(at, &fresh_token(&house, "b-01")).await;
    assert_eq!(who["name"], "窓際");
    // It is on the floor, and may be booked.
    let mut floor = Client::host(at, "fair").await;
    floor
        .until(|message| match message {
            ServiceMessage::Floor { booths, .. } => booths.iter().any(|booth| booth.name == "窓際").then_some(()),
            _ => None,
        })
        .await;
    host.book(3_600_000, json!({ "booth": "b-01" })).await;
}

// P2
#[tokio::test]
async fn what_a_booth_tells_of_its_machine_stands_in_the_staffs_list() {
    let house = House::open().await;
    let (at, device) = (house.address(), Device::new());
    let staff = Api::of(at, "fair").await;
    device.enrol(at, &fresh_token(&house, "b-01")).await;
    let mut booth = device.connect(at, "b-01").await;
    let fallback = Some(Fallback { version: "1.3.0".into(), reason: "camera".into() });
    let machine = |version: &str| Machine {
        version: version.into(),
        slot: Some("A".into()),
        faults: None,
        fallback: fallback.clone(),
    };
    // The last word of many is the one that is kept.
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        booth.send(&ClientMessage::Device { device: machine(version) }).await;
    }
    let until = Instant::now() + PATIENCE;
    let found = loop {
        let found = listed(&staff, "b-01").await.unwrap();
        if found["device"]["version"] == "1.2.0" || Instant::now() >= until {
            break found;
        }
        sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(found["device"], serde_json::to_value(machine("1.2.0")).unwrap(), "{found}");
    assert!(found["device_at"].as_u64().is_some());
    let mut host = Client::host(at, "takahashi").await;
    host.send(&ClientMessage::Device { device: machine("9") }).await;
    assert_eq!(host.fault().await, engawa_protocol::Fault::NotAllowed);
}

// P2, N2
#[tokio::test]
async fn a_booth_enrols_at_one_node_signs_in_at_another_and_is_revoked_at_both() {
    let Some(servers) = Servers::start(1) else { return };
    let config = NatsConfig {
        servers: servers.addresses.clone(),
        credentials: None,
        token: None,
        tls: Tls::default(),
        replicas: 1,
        prefix: "engawa".into(),
    };
    let keys = tempfile::tempdir().unwrap();
    let key = keys.path().join("enrol.key");
    EnrolKey::read_or_make(&key).unwrap();
    let more = format!("enrol_key_file = {key:?}");
    let (mut one, mut two) = (House::furnish(&more, ""), House::furnish(&more, ""));
    let until = Instant::now() + PATIENCE;
    let ledger = loop {
        match NatsLedger::open(&config).await {
            Ok(ledger) => break ledger,
            Err(error) if Instant::now() >= until => panic!("{error:?}"),
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    };
    let other = NatsLedger::open(&config).await.unwrap();
    let (ledger, other): (Arc<dyn Ledger>, Arc<dyn Ledger>) = (Arc::new(ledger), Arc::new(other));
    House::add_host_to(ledger.clone(), "fair", "").await;
    one.start_on(ledger).await;
    two.start_on(other).await;
    let (device, staff) = (Device::new(), Api::of(one.address(), "fair").await);
    assert_eq!(staff.ask("POST /api/v1/booths", json!({ "id": "b-01", "name": "B-01" })).await.0, 201);
    let token = new_token(&staff, "b-01").await;
    assert_eq!(device.enrol(two.address(), &token).await.0, 200);
    assert_eq!(Device::new().enrol(one.address(), &token).await.0, 409);
    // Asked here, answered there, and not here again.
    let asked = challenge(one.address(), "b-01").await;
    let (status, bearer) = device.answer(two.address(), "b-01", &asked).await;
    assert_eq!(status, 200);
    assert_eq!(device.answer(one.address(), "b-01", &asked).await.0, 409);
    assert_eq!(open(one.address(), bearer["token"].as_str().unwrap()).await, Ok(()));
    let mut booth = device.connect(two.address(), "b-01").await;
    assert_eq!(staff.ask("POST /api/v1/booths/b-01/revoke", Value::Null).await.0, 200);
    let begun = Instant::now();
    assert_eq!(booth.closed().await, CloseCode::SignedOut as u16);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(open(two.address(), bearer["token"].as_str().unwrap()).await, Err(401));
}

// P1, P2
#[test]
fn tokens_for_forty_cards_are_made_at_once() {
    let house = House::furnish("", "");
    let config = house.config_file();
    let list = house.folder.path().join("booths.csv");
    let out = house.folder.path().join("tokens.csv");
    let (list_text, out_text) = (list.to_str().unwrap(), out.to_str().unwrap());
    let args = ["--booths", list_text, "--out", out_text, "--life", "7d"];
    let rows: String = (1..=40).map(|n| format!("b-{n:02},\"Booth {n}, the \"\"quiet\"\" one\",minato\n")).collect();
    std::fs::write(&list, format!("\u{feff}id,name,company\n{rows}")).unwrap();
    assert!(words(&make_tokens(&config, &args)).contains("start the service once"));
    std::fs::create_dir(house.folder.path().join("data")).unwrap();
    let made = make_tokens(&config, &args);
    assert!(made.status.success(), "{}", words(&made));
    let text = std::fs::read_to_string(&out).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (41, "name,token"));
    let tokens: std::collections::BTreeSet<_> = lines[1..]
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let name = format!("\"Booth {}, the \"\"quiet\"\" one\",", at + 1);
            line.strip_prefix(&name).unwrap_or_else(|| panic!("{line}"))
        })
        .collect();
    assert!(tokens.len() == 40 && tokens.iter().all(|token| (16..=512).contains(&token.len()) && !token.contains(',')));
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(out.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(words(&make_tokens(&config, &args)).contains("as a new file"), "tokens that are there are not lost");
    for (list_now, word) in [
        ("b-01,A\nb-01,B\n", "again"),
        ("b-01,A\nb-02,A\n", "name of another booth"),
        ("B 1,A\n", "line 1"),
        ("b-01\n", "is expected"),
        ("a-01,A\n", "take it out there"),
    ] {
        std::fs::write(&list, list_now).unwrap();
        let refused = words(&make_tokens(&config, &["--booths", list_text]));
        assert!(refused.contains(word), "{refused}");
    }
    for life in ["0h", "31d", "1y", "soon"] {
        assert!(!make_tokens(&config, &["--booth", "b-01", "--name", "B", "--life", life]).status.success());
    }
}
