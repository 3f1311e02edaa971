//! The page as files, signing in and out, and requests of other people's pages.

mod support;

use engawa_ledger::{Expect, Ledger};
use engawa_protocol::{ClientMessage, CloseCode, Me, PROTOCOL, ServiceMessage, limits};
use engawa_service::accounts::Accounts;
use futures_util::{SinkExt, StreamExt};
use std::sync::Arc;
use support::client::{Client, open, open_booth};
use support::web::{get, request, sign_in, try_sign_in};
use support::{House, PASSWORD, PATIENCE, fresh_client};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

// N4
#[tokio::test]
async fn the_page_comes_with_a_strict_policy_and_loads_nothing_from_elsewhere() {
    let house = House::open().await;
    let page = get(house.address(), "/").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    for loose in ["unsafe", "http", "blob:", "data:", "*"] {
        assert!(!policy.contains(loose), "{policy}");
    }
    let permissions = page.header("permissions-policy").unwrap();
    assert!(permissions.contains("camera=(self)") && permissions.contains("microphone=(self)"));
    let asset = get(house.address(), "/assets/index-5eed.js").await;
    assert_eq!((asset.status, asset.header("content-type")), (200, Some("text/javascript")));
    assert!(asset.header("cache-control").unwrap().contains("immutable"));
    let missing = get(house.address(), "/assets/index-0ld.js").await;
    assert_eq!((missing.status, missing.header("cache-control")), (404, Some("no-store")));
    let deep = get(house.address(), "/room/5eed").await;
    assert_eq!((deep.status, deep.body), (200, page.body));
    for outside in ["/../service.toml", "/assets/../../service.toml", "/assets/%2e%2e/%2e%2e/service.toml"] {
        assert!(!get(house.address(), outside).await.body.contains("token_sha256"), "{outside}");
    }
    assert_eq!(get(house.address(), "/api/nothing").await.status, 404);
    assert_eq!(get(house.address(), "/healthz").await.body, "ok\n");
}

#[tokio::test]
async fn a_host_signs_in_and_out_and_an_open_page_is_told() {
    let house = House::open().await;
    let address = house.address();
    let answer = try_sign_in(address, "takahashi", PASSWORD).await;
    let me: Me = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        (me.account.as_str(), me.company.as_ref().map(|company| company.as_str())),
        ("takahashi", Some("minato"))
    );
    let cookie = answer.header("set-cookie").unwrap();
    for rule in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(rule), "{cookie}");
    }
    let cookie = format!("cookie: {}", cookie.split(';').next().unwrap());
    assert_eq!(request(address, "GET /api/me", &[&cookie], "").await.status, 200);
    let mut page = Client::host_as(address, &cookie["cookie: ".len()..], fresh_client()).await;
    let mut booth = Client::booth(address, "a-01").await;
    assert_eq!(request(address, "POST /api/sign-out", &[&cookie], "").await.status, 204);
    assert_eq!(page.closed().await, CloseCode::SignedOut as u16);
    assert_eq!(request(address, "GET /api/me", &[&cookie], "").await.status, 401);
    let origin = format!("http://{address}");
    assert_eq!(open(address, &[("cookie", &cookie["cookie: ".len()..]), ("origin", &origin)]).await.err(), Some(401));
    booth.so_far().await;
}

/// Recognised before the sign-out, but not yet known when it came.
#[tokio::test]
async fn a_page_that_says_hello_after_the_sign_out_is_told_too() {
    let house = House::open().await;
    let address = house.address();
    let cookie = sign_in(address, "takahashi").await;
    let origin = format!("http://{address}");
    let socket = open(address, &[("cookie", &cookie), ("origin", &origin)]).await.unwrap();
    assert_eq!(request(address, "POST /api/sign-out", &[&format!("cookie: {cookie}")], "").await.status, 204);
    assert_eq!(Client::greet(socket, fresh_client()).await.closed().await, CloseCode::SignedOut as u16);
}

#[tokio::test]
async fn a_damaged_sign_in_keeps_nobody_elses_from_ending() {
    let house = House::furnish("", "");
    let ledger = Arc::new(house.ledger());
    ledger.put("session/0", b"{", Expect::New).await.unwrap();
    ledger.put("session/1", br#"{"account":"takahashi","expires":1}"#, Expect::New).await.unwrap();
    Accounts::new(ledger.clone()).unwrap().forget_expired().await.unwrap();
    let left: Vec<_> = ledger.list("session/").await.unwrap().into_iter().map(|(key, _)| key).collect();
    assert_eq!(left, ["session/0"]);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_are_told_alike() {
    let house = House::open().await;
    let wrong = try_sign_in(house.address(), "takahashi", "not the password").await;
    let unknown = try_sign_in(house.address(), "nobody", PASSWORD).await;
    let malformed = try_sign_in(house.address(), "No Body", PASSWORD).await;
    assert_eq!((wrong.status, unknown.status, malformed.status), (401, 401, 401));
    assert_eq!((&wrong.body, &unknown.body), (&unknown.body, &malformed.body));
    let json = &["content-type: application/json"];
    assert_eq!(request(house.address(), "POST /api/sign-in", json, "{\"account\":1}").await.status, 422);
    assert_eq!(request(house.address(), "POST /api/sign-in", json, &"x".repeat(9000)).await.status, 413);
}

#[tokio::test]
async fn guessing_a_password_is_held_back_for_that_account_only() {
    let house = House::open().await;
    let mut wrong = 0;
    let held = loop {
        let answer = try_sign_in(house.address(), "takahashi", "not the password").await;
        if answer.status == 429 {
            break answer;
        }
        assert_eq!(answer.status, 401);
        wrong += 1;
        assert!(wrong < 60, "guessing is never held back");
    };
    assert!(wrong >= 10, "somebody who mistypes is not held back");
    let wait: u64 = held.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=6).contains(&wait), "{wait}");
    // Other hosts get through.
    sign_in(house.address(), "mori").await;
}

#[tokio::test]
async fn pages_of_others_and_unknown_devices_get_no_connection() {
    let house = House::open().await;
    let address = house.address();
    let cookie = sign_in(address, "takahashi").await;
    let ours = format!("http://{address}");
    let refused = [
        (vec![("authorization", "Bearer wrong")], 401),
        (vec![("authorization", "Basic dG9rZW4=")], 401),
        (vec![("cookie", cookie.as_str())], 403),
        (vec![("cookie", cookie.as_str()), ("origin", "http://elsewhere.example")], 403),
        (vec![("cookie", cookie.as_str()), ("origin", "null")], 403),
        (vec![("origin", ours.as_str())], 401),
        (vec![("cookie", "engawa=00"), ("origin", ours.as_str())], 401),
    ];
    for (headers, status) in refused {
        assert_eq!(open(address, &headers).await.err(), Some(status), "{headers:?}");
    }
    let foreign = &["content-type: application/json", "origin: http://elsewhere.example"];
    let body = serde_json::json!({ "account": "takahashi", "password": PASSWORD }).to_string();
    assert_eq!(request(address, "POST /api/sign-in", foreign, &body).await.status, 403);
    let cookie = format!("cookie: {cookie}");
    assert_eq!(request(address, "POST /api/sign-out", &[&cookie, foreign[1]], "").await.status, 403);
    assert_eq!(request(address, "GET /api/me", &[&cookie], "").await.status, 200);
}

#[tokio::test]
async fn behind_https_only_the_named_origin_counts_and_the_cookie_is_secure() {
    let house = House::open_with("origins = [\"https://fair.example\"]", "").await;
    let answer = try_sign_in(house.address(), "takahashi", PASSWORD).await;
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    assert!(cookie.starts_with("__Host-engawa=") && cookie.contains("; Secure"), "{cookie}");
    assert!(answer.header("strict-transport-security").is_some());
    let cookie = cookie.split(';').next().unwrap();
    let own = format!("http://{}", house.address());
    assert_eq!(open(house.address(), &[("cookie", cookie), ("origin", &own)]).await.err(), Some(403));
    open(house.address(), &[("cookie", cookie), ("origin", "https://fair.example")]).await.unwrap();
}

#[tokio::test]
async fn the_first_message_is_hello_in_the_services_version() {
    let house = House::open().await;
    let hello = |protocol| serde_json::to_string(&ClientMessage::Hello { protocol, client: fresh_client() }).unwrap();
    let cases = [
        (hello(PROTOCOL + 1), CloseCode::Version),
        (r#"{"type":"ping","n":1}"#.to_owned(), CloseCode::Hello),
        ("{}".to_owned(), CloseCode::Hello),
        (r#"{"type":"hello","protocol":1,"client":"me"}"#.to_owned(), CloseCode::Hello),
    ];
    for (first, code) in cases {
        let mut socket = open_booth(house.address(), "a-01").await;
        socket.send(Message::text(first.clone())).await.unwrap();
        let mut fault = false;
        let closed = loop {
            match timeout(PATIENCE, socket.next()).await.expect("an answer in time") {
                Some(Ok(Message::Text(text))) => {
                    let message: ServiceMessage = serde_json::from_str(&text).unwrap();
                    fault |= matches!(message, ServiceMessage::Fault { .. });
                }
                Some(Ok(Message::Close(Some(frame)))) => break u16::from(frame.code),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!((closed, fault), (code as u16, code == CloseCode::Hello), "{first}");
    }
    let mut twice = Client::booth(house.address(), "a-01").await;
    twice.send_text(&hello(PROTOCOL)).await;
    assert_eq!(twice.fault().await, engawa_protocol::Fault::HelloExpected);
    // RFC 6455, 5.5.2: a ping of the WebSocket itself is no message.
    twice.socket.send(Message::Ping("x".into())).await.unwrap();
    assert_eq!(twice.so_far().await.len() as u32 / limits::BURST, 0);
}
