//! Connection numbers and QR codes, at booths and in the hands of people who guess.

mod support;

use engawa_protocol::{
    Actor, ClientMessage, Command, Event, Refusal, RoomId, Seat, ServiceMessage, Ticket, TicketRefusal,
};
use serde_json::{Value, json};
use support::House;
use support::client::{Client, fold};
use support::web::Api;

async fn redeem(booth: &mut Client, ticket: Ticket) -> Result<RoomId, TicketRefusal> {
    booth.send(&ClientMessage::Redeem { n: 1, ticket, take_over: false }).await;
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

async fn code_of(host: &Api, room: &str) -> String {
    let (_, text) = host.ask(&format!("GET /api/interviews/{room}/code"), Value::Null).await;
    text["code"].as_str().unwrap().to_owned()
}

/// Redeems after the question whether to take over; answers whether the interview goes on.
async fn take_over(booth: &mut Client, ticket: Ticket) -> Result<bool, TicketRefusal> {
    booth.send(&ClientMessage::Redeem { n: 2, ticket, take_over: true }).await;
    booth
        .until(|message| match message {
            ServiceMessage::Invited { n: 2, goes_on, .. } => Some(Ok(*goes_on)),
            ServiceMessage::NotInvited { n: 2, reason } => Some(Err(*reason)),
            _ => None,
        })
        .await
}

// E1, E8
#[tokio::test]
async fn a_code_at_a_second_booth_asks_first_and_then_takes_the_guest_there() {
    let mut house = House::open().await;
    let host = Api::of(house.address(), "takahashi").await;
    let room = host.book(1000, json!({})).await;
    let text = code_of(&host, &room).await;
    house.stop().await;
    house.start().await;
    let mut booth = Client::booth(house.address(), "a-01").await;
    let mut other = Client::booth(house.address(), "a-02").await;
    let id = redeem(&mut booth, code(&text)).await.unwrap();
    booth.knock(&id, "minato").await.unwrap();
    booth.join(&id).await.unwrap();
    let log = booth.follow(&id, 0).await;
    assert_eq!(redeem(&mut other, code(&text)).await, Err(TicketRefusal::AlreadyHere));
    let mut forged = text.clone().into_bytes();
    forged[10] = if forged[10] == b'A' { b'B' } else { b'A' };
    assert_eq!(take_over(&mut other, code(std::str::from_utf8(&forged).unwrap())).await, Err(TicketRefusal::Unknown));
    assert_eq!(take_over(&mut other, code(&text)).await, Ok(true));
    let (told, last) = booth.events(&id).await;
    assert!(matches!(&told[..], [only] if only.event == Event::GuestMoved), "{told:?}");
    other.join(&id).await.unwrap();
    other.command(&id, Command::Say { text: "こちらです".into() }).await.unwrap();
    let so_far = booth.so_far().await;
    let more = so_far.iter().any(|message| matches!(message, ServiceMessage::Events { .. }));
    assert!(!more, "the booth that was left hears on: {so_far:?}");
    // Also a booth that was away meanwhile learns of the move, and of nothing after it.
    let again = booth.follow(&id, log.last().unwrap().seq).await;
    assert_eq!(again.last().map(|event| event.seq), Some(last));
    assert_eq!(booth.join(&id).await, Err(Refusal::NotAllowed));
    let log = other.follow(&id, 0).await;
    let guest = fold(&log).person(Seat::GUEST).cloned().expect("the guest is there");
    assert_eq!(guest.actor, Actor::Guest { booth: "a-02".parse().unwrap() });
}

// E8, E4
#[tokio::test]
async fn an_interview_for_one_booth_is_not_taken_to_another() {
    let house = House::open().await;
    let host = Api::of(house.address(), "takahashi").await;
    let room = host.book(1000, json!({ "booth": "a-01" })).await;
    let text = code_of(&host, &room).await;
    let mut booth = Client::booth(house.address(), "a-01").await;
    let mut other = Client::booth(house.address(), "a-02").await;
    let id = redeem(&mut booth, code(&text)).await.unwrap();
    booth.knock(&id, "minato").await.unwrap();
    assert_eq!(take_over(&mut other, code(&text)).await, Err(TicketRefusal::OtherBooth));
    // Neither does a number that another booth has used.
    let free = host.book(1000, json!({})).await;
    let digits = issue(&host, &free).await;
    let id = redeem(&mut booth, number(&digits)).await.unwrap();
    assert_eq!(id.as_str(), free);
    assert_eq!(take_over(&mut other, number(&digits)).await, Err(TicketRefusal::Used));
}

// E2
#[tokio::test]
async fn guessing_at_many_booths_at_once_is_held_back_at_all_of_them() {
    let booths: Vec<_> = (0..21).map(|n| format!("g-{n:02}")).collect();
    let tables: Vec<_> = booths.iter().map(|id| support::booth_text(id)).collect();
    let house = House::open_with("", &tables.concat()).await;
    let host = Api::of(house.address(), "takahashi").await;
    let room = host.book(1000, json!({})).await;
    let digits = issue(&host, &room).await;
    let mut wrong = (0..9999).map(|n| format!("{n:04}")).filter(|guess| *guess != digits);
    let mut unknown = 0;
    for booth in &booths {
        let mut booth = Client::booth(house.address(), booth).await;
        for guess in wrong.by_ref().take(5) {
            match redeem(&mut booth, number(&guess)).await {
                Err(TicketRefusal::Unknown) => unknown += 1,
                other => assert!(matches!(other, Err(TicketRefusal::TooManyTries { .. })), "{other:?}"),
            }
        }
    }
    // A hundred, and what comes back meanwhile: one in six seconds.
    assert!((100..105).contains(&unknown), "{unknown} of 105 guesses were looked at");
    let mut last = Client::booth(house.address(), "a-01").await;
    let mut held = redeem(&mut last, number(&digits)).await;
    if held.is_ok() {
        // One came back just then, and was not used up by a right number.
        let guess = wrong.next().expect("a guess is left");
        assert_eq!(redeem(&mut last, number(&guess)).await, Err(TicketRefusal::Unknown), "{guess}");
        held = redeem(&mut last, number(&digits)).await;
    }
    assert!(matches!(held, Err(TicketRefusal::TooManyTries { .. })), "{held:?}");
}
