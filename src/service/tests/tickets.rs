//! Connection numbers and QR codes, at booths and in the hands of people who guess.

mod support;

use engawa_protocol::{ClientMessage, RoomId, ServiceMessage, Ticket, TicketRefusal};
use serde_json::{Value, json};
use support::House;
use support::client::Client;
use support::web::Api;

async fn redeem(booth: &mut Client, ticket: Ticket) -> Result<RoomId, TicketRefusal> {
    booth.send(&ClientMessage::Redeem { n: 1, ticket }).await;
    booth
        .until(|message| match message {
            ServiceMessage::Invited { room, .. } => Some(Ok(room.clone())),
            ServiceMessage::NotInvited { reason, .. } => Some(Err(*reason)),
            _ => None,
        })
        .await
}

fn number(number: &str) -> Ticket {
    Ticket::Number { number: number.to_owned() }
}

fn code(code: &str) -> Ticket {
    Ticket::Code { code: code.to_owned() }
}

async fn issue(host: &Api, room: &str) -> String {
    let (status, issued) = host.ask(&format!("POST /api/interviews/{room}/number"), Value::Null).await;
    assert_eq!(status, 201, "{issued}");
    issued["number"].as_str().unwrap().to_owned()
}

// E2
#[tokio::test]
async fn a_number_opens_its_interview_once_and_at_its_booth() {
    let house = House::open().await;
    let host = Api::of(house.address(), "takahashi").await;
    let mut booth = Client::booth(house.address(), "a-01").await;
    let mut other = Client::booth(house.address(), "a-02").await;
    let room = host.book(1000, json!({})).await;
    let digits = issue(&host, &room).await;
    assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(redeem(&mut booth, number(&digits)).await.unwrap().as_str(), room);
    assert_eq!(redeem(&mut other, number(&digits)).await, Err(TicketRefusal::Used));
    // The answer may have been lost.
    assert_eq!(redeem(&mut booth, number(&digits)).await.unwrap().as_str(), room);
    booth.knock(&room.parse().unwrap(), "minato").await.unwrap();
    let elsewhere = host.book(1000, json!({ "booth": "a-02" })).await;
    let digits = issue(&host, &elsewhere).await;
    assert_eq!(redeem(&mut booth, number(&digits)).await, Err(TicketRefusal::OtherBooth));
    assert_eq!(redeem(&mut other, number(&digits)).await.unwrap().as_str(), elsewhere);
}

// E2
#[tokio::test]
async fn a_number_does_not_outlive_its_time_nor_its_interview() {
    let house = House::open_with("", "number_life = 1").await;
    let host = Api::of(house.address(), "takahashi").await;
    let mut booth = Client::booth(house.address(), "a-01").await;
    let room = host.book(1000, json!({})).await;
    let digits = issue(&host, &room).await;
    let mut refused = Ok(room.parse().unwrap());
    for _ in 0..200 {
        refused = redeem(&mut booth, number(&digits)).await;
        if refused.is_err() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(refused, Err(TicketRefusal::Expired));
    let (_, text) = host.ask(&format!("GET /api/interviews/{room}/code"), Value::Null).await;
    assert_eq!(host.ask(&format!("DELETE /api/interviews/{room}"), Value::Null).await.0, 204);
    assert_eq!(redeem(&mut booth, code(text["code"].as_str().unwrap())).await, Err(TicketRefusal::Expired));
    assert_eq!(host.ask(&format!("POST /api/interviews/{room}/number"), Value::Null).await.0, 409);
}

// E2
#[tokio::test]
async fn guessing_is_held_back_and_the_right_number_too() {
    let house = House::open().await;
    let host = Api::of(house.address(), "takahashi").await;
    let mut booth = Client::booth(house.address(), "a-01").await;
    let room = host.book(1000, json!({})).await;
    let digits = issue(&host, &room).await;
    let wrong = (0..9999).map(|n| format!("{n:04}")).filter(|guess| *guess != digits);
    for guess in wrong.take(5) {
        assert_eq!(redeem(&mut booth, number(&guess)).await, Err(TicketRefusal::Unknown), "{guess}");
    }
    let held = redeem(&mut booth, number(&digits)).await;
    let Err(TicketRefusal::TooManyTries { retry_after_ms }) = held else { panic!("{held:?}") };
    assert!((1..=120_000).contains(&retry_after_ms));
    // Others are not held back by it.
    let mut other = Client::booth(house.address(), "a-02").await;
    assert_eq!(redeem(&mut other, number(&digits)).await.unwrap().as_str(), room);
}

// E1
#[tokio::test]
async fn a_photographed_code_opens_nothing_while_its_guest_sits_there() {
    let mut house = House::open().await;
    let host = Api::of(house.address(), "takahashi").await;
    let room = host.book(1000, json!({})).await;
    let (_, text) = host.ask(&format!("GET /api/interviews/{room}/code"), Value::Null).await;
    let text = text["code"].as_str().unwrap().to_owned();
    house.stop().await;
    house.start().await;
    let mut booth = Client::booth(house.address(), "a-01").await;
    let mut other = Client::booth(house.address(), "a-02").await;
    let id = redeem(&mut booth, code(&text)).await.unwrap();
    booth.knock(&id, "minato").await.unwrap();
    booth.join(&id).await.unwrap();
    assert_eq!(redeem(&mut other, code(&text)).await, Err(TicketRefusal::Used));
    let mut forged = text.into_bytes();
    forged[10] = if forged[10] == b'A' { b'B' } else { b'A' };
    assert_eq!(redeem(&mut other, code(std::str::from_utf8(&forged).unwrap())).await, Err(TicketRefusal::Unknown));
}
