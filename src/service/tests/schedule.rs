//! The schedule over HTTP: who books what, who sees it, and who sets a password by a link.

mod support;

use engawa_protocol::{Command, Refusal};
use serde_json::{Value, json};
use support::House;
use support::client::Client;
use support::web::{Api, get, now, request, try_sign_in};

const DAY: u64 = 24 * 60 * 60 * 1000;

// E4, E5
#[tokio::test]
async fn a_host_books_changes_and_cancels_and_a_restart_knows_it() {
    let mut house = House::open().await;
    let host = Api::of(house.address(), "takahashi").await;
    let room = host.book(1000, json!({ "hosts": ["takahashi", "mori"], "booth": "a-01" })).await;
    let later = host.book(40 * DAY, json!({ "kind": "consulting" })).await;
    let (_, today) = host.ask("GET /api/interviews", Value::Null).await;
    assert_eq!((today["today"].as_u64(), today["interviews"][0]["room"].as_str()), (Some(1), Some(&*room)), "{today}");
    assert_eq!(today["interviews"][0]["state"], "booked");
    let (_, other) = host.ask("GET /api/interviews?kind=consulting", Value::Null).await;
    assert_eq!((other["today"].as_u64(), other["interviews"].as_array().unwrap().len()), (Some(1), 0));
    let change = json!({ "minutes": 45, "guest": "鈴木一郎", "booth": "" });
    let (status, changed) = host.ask(&format!("PATCH /api/interviews/{room}"), change).await;
    assert_eq!((status, &changed["booking"]["guest"]), (200, &json!("鈴木一郎")), "{changed}");
    assert!(changed["booking"]["booth"].is_null());
    assert_eq!(host.ask(&format!("DELETE /api/interviews/{later}"), Value::Null).await.0, 204);
    assert_eq!(host.ask(&format!("DELETE /api/interviews/{later}"), Value::Null).await.0, 409);
    house.stop().await;
    house.start().await;
    let host = Api::of(house.address(), "takahashi").await;
    let (_, again) = host.ask(&format!("GET /api/interviews/{room}"), Value::Null).await;
    assert_eq!(again, changed);
    let (_, gone) = host.ask(&format!("GET /api/interviews/{later}"), Value::Null).await;
    assert_eq!(gone["state"], "cancelled");
}

// E4
#[tokio::test]
async fn what_cannot_be_booked_is_told_by_its_field() {
    let house = House::open().await;
    let host = Api::of(house.address(), "takahashi").await;
    let booked = |more: Value| {
        let mut body = json!({ "kind": "interview", "starts": now() + DAY });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        host.ask("POST /api/interviews", body)
    };
    let cases = [
        (json!({ "hosts": ["kim"] }), 422),
        (json!({ "hosts": ["nobody"] }), 422),
        (json!({ "booth": "z-99" }), 422),
        (json!({ "minutes": 0 }), 422),
        (json!({ "minutes": 8 * 60 + 1 }), 422),
        (json!({ "starts": 1 }), 409),
        (json!({ "starts": u64::MAX }), 422),
        (json!({ "guest": "a\u{202e}b" }), 422),
        (json!({ "kind": "party" }), 422),
        (json!({ "company": "hokuto" }), 404),
        (json!({ "minutes": 8 * 60 }), 201),
    ];
    for (more, wanted) in cases {
        let (status, answer) = booked(more.clone()).await;
        assert_eq!(status, wanted, "{more}: {answer}");
        assert!(status == 201 || answer["error"].is_string() && answer["what"].is_string(), "{answer}");
    }
}

/// Every route of another company's interview answers as if it were not there.
#[tokio::test]
async fn another_companys_interviews_accounts_and_records_are_out_of_reach() {
    let house = House::open().await;
    let (host, other) = (Api::of(house.address(), "takahashi").await, Api::of(house.address(), "kim").await);
    let staff = Api::of(house.address(), "fair").await;
    let room = host.book(1000, json!({})).await;
    let reads = ["", "/code"].map(|end| format!("GET /api/interviews/{room}{end}"));
    let records = ["participants.csv", "chat.csv"].map(|file| format!("GET /api/records/{room}/{file}"));
    let writes = [format!("DELETE /api/interviews/{room}"), format!("POST /api/interviews/{room}/number")];
    for line in reads.iter().chain(&records).chain(&writes) {
        assert_eq!(other.ask(line, Value::Null).await.0, 404, "{line}");
        assert_eq!(request(house.address(), line, &[], "").await.status, 401, "{line}");
    }
    assert_eq!(other.ask(&format!("PATCH /api/interviews/{room}"), json!({ "minutes": 5 })).await.0, 404);
    assert_eq!(other.ask("GET /api/interviews?company=minato", Value::Null).await.0, 404);
    assert_eq!(other.ask("GET /api/interviews", Value::Null).await.1["interviews"], json!([]));
    assert_eq!(staff.ask("GET /api/interviews", Value::Null).await.1["today"], 1);
    assert_eq!(staff.ask(&format!("GET /api/records/{room}/chat.csv"), Value::Null).await.0, 403);
    assert_eq!(staff.ask(&format!("GET /api/records/{room}/audit.jsonl"), Value::Null).await.0, 200);
    for (line, body) in [
        ("POST /api/companies", json!({ "id": "x", "name": { "ja": "x", "ko": "x", "en": "x" } })),
        ("PATCH /api/companies/minato", json!({})),
        ("DELETE /api/companies/minato", Value::Null),
        ("PATCH /api/event", json!({})),
        ("POST /api/accounts", json!({ "id": "new", "name": "new" })),
        ("PATCH /api/accounts/kim", json!({ "name": "x" })),
        ("DELETE /api/accounts/mori", Value::Null),
        ("POST /api/accounts/mori/link", json!({})),
    ] {
        assert_eq!(host.ask(line, body).await.0, 403, "{line}");
    }
    // A page of somebody else, with the host's cookie.
    let foreign = ["origin: http://elsewhere.example", "content-type: application/json"];
    assert_eq!(request(house.address(), "POST /api/interviews", &foreign, "{}").await.status, 403);
    assert_eq!(get(house.address(), "/api/interviews").await.status, 401);
}

// E10
#[tokio::test]
async fn a_link_sets_the_password_once_and_opens_the_interview() {
    let house = House::open().await;
    let staff = Api::of(house.address(), "fair").await;
    let account = json!({ "id": "abe", "name": "阿部", "company": "minato", "role": "admin" });
    assert_eq!(staff.ask("POST /api/accounts", account.clone()).await.0, 201);
    assert_eq!(staff.ask("POST /api/accounts", account).await.0, 409);
    assert_eq!(try_sign_in(house.address(), "abe", "").await.status, 401);
    let host = Api::of(house.address(), "takahashi").await;
    let room = host.book(DAY, json!({})).await;
    let link = async || staff.ask("POST /api/accounts/abe/link", json!({ "room": room })).await.1;
    let (first, second) = (link().await, link().await);
    let token = |link: &Value| link["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let sign_in = async |token: &str, password: &str| {
        let body = json!({ "token": token, "password": password }).to_string();
        request(house.address(), "POST /api/first-sign-in", &["content-type: application/json"], &body).await
    };
    assert_eq!(sign_in(&token(&first), "short").await.status, 422);
    let answer = sign_in(&token(&first), "縁側でひとやすみ").await;
    assert_eq!((answer.status, answer.header("x-engawa-room")), (200, Some(&*room)), "{answer:?}");
    assert!(answer.header("set-cookie").unwrap().contains("HttpOnly"));
    for used in [token(&first), token(&second), "0".repeat(64)] {
        assert_eq!(sign_in(&used, "縁側でふたやすみ").await.status, 401);
    }
    assert_eq!(try_sign_in(house.address(), "abe", "縁側でひとやすみ").await.status, 200);
    // An admin looks after the own company's accounts alone.
    let cookie = format!("cookie: {}", answer.header("set-cookie").unwrap().split(';').next().unwrap());
    let as_abe = async |line: &str| {
        let body = if line.starts_with("GET") { "" } else { "{}" };
        request(house.address(), line, &[&cookie, "content-type: application/json"], body).await.status
    };
    assert_eq!(as_abe("POST /api/accounts/mori/link").await, 201);
    assert_eq!(as_abe("POST /api/accounts/kim/link").await, 404);
    assert_eq!(as_abe("POST /api/accounts/fair/link").await, 404);
    assert_eq!(as_abe(&format!("GET /api/records/{room}/audit.jsonl")).await, 200);
}

// policies
#[tokio::test]
async fn a_company_that_sees_only_booked_people_refuses_a_walk_up() {
    let house = House::open().await;
    let staff = Api::of(house.address(), "fair").await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    assert_eq!(staff.ask("PATCH /api/companies/minato", json!({ "walk_up": "booked" })).await.0, 200);
    assert_eq!(guest.knock(&support::fresh_room(), "minato").await, Err(Refusal::Booked));
    guest.knock(&support::fresh_room(), "hokuto").await.unwrap();
    let (status, new) = staff
        .ask("POST /api/companies", json!({ "id": "kita", "name": { "ja": "北", "ko": "북", "en": "North" } }))
        .await;
    assert_eq!((status, &new["id"]), (201, &json!("kita")));
    guest.knock(&support::fresh_room(), "kita").await.unwrap();
    assert_eq!(staff.ask("DELETE /api/companies/minato", Value::Null).await.0, 409);
    assert_eq!(staff.ask("DELETE /api/companies/kita", Value::Null).await.0, 204);
    assert_eq!(guest.knock(&support::fresh_room(), "kita").await, Err(Refusal::NoSuchCompany));
}

// X3
#[tokio::test]
async fn an_extension_stops_at_the_next_slot_of_the_same_host() {
    let house = House::open().await;
    let host = Api::of(house.address(), "takahashi").await;
    let room = host.book(1000, json!({ "hosts": ["takahashi"], "minutes": 30 })).await.parse().unwrap();
    host.book(1000 + 40 * 60_000, json!({ "hosts": ["takahashi"] })).await;
    let mut page = Client::host(house.address(), "takahashi").await;
    assert_eq!(page.command(&room, Command::Extend { minutes: 15 }).await, Err(Refusal::NextSlot));
    page.command(&room, Command::Extend { minutes: 9 }).await.unwrap();
}
