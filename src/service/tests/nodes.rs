//! Two nodes of the service beside one ledger: their clients meet in the same rooms.

mod support;

use engawa_ledger::Ledger;
use engawa_protocol::{
    ClientMessage, CloseCode, Command, EndCause, Event, Peer, Recorded, Refusal, RoomId, Seat, ServiceMessage, Signal,
    Ticket, TicketRefusal,
};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use support::client::{Client, fold};
use support::web::{Api, request, sign_in};
use support::{House, PATIENCE, fresh_client, fresh_room};

/// Two nodes in this process; their ledger is in the first one's folder.
struct Pair {
    one: House,
    two: House,
    ledger: Arc<dyn Ledger>,
}

impl Pair {
    async fn open(policy: &str) -> Self {
        let (mut one, mut two) = (House::furnish("", policy), House::furnish("", policy));
        for account in ["takahashi", "mori"] {
            one.add_host(account, "minato").await;
        }
        let ledger: Arc<dyn Ledger> = Arc::new(one.ledger());
        one.start_on(ledger.clone()).await;
        two.start_on(ledger.clone()).await;
        Self { one, two, ledger }
    }
}

fn offer(number: u32) -> Signal {
    Signal::Offer { sdp: format!("v=0\r\no=- {number} 1 IN IP4 0.0.0.0\r\n") }
}

/// The guest knocks and sits on one node, the host lets in and sits on the other.
async fn call(guest: &mut Client, host: &mut Client) -> (RoomId, Vec<Recorded>) {
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    let mut log = guest.follow(&room, 0).await;
    // The knock is in the list of the other node's host.
    host.until(|message| match message {
        ServiceMessage::Lobby { rooms, .. } => rooms.iter().any(|found| found.room == room).then_some(()),
        _ => None,
    })
    .await;
    host.command(&room, Command::Admit).await.unwrap();
    host.join(&room).await.unwrap();
    host.follow(&room, 0).await;
    guest.events_until(&room, &mut log, |r| matches!(r.event, Event::Joined { seat: Seat(1), .. })).await;
    (room, log)
}

fn peer(log: &[Recorded], seat: Seat) -> Peer {
    Peer { seat, since: fold(log).person(seat).expect("somebody sits there").since }
}

fn count(log: &[Recorded], is: impl Fn(&Event) -> bool) -> usize {
    log.iter().filter(|recorded| is(&recorded.event)).count()
}

async fn booth_and_host(at: SocketAddr, host_at: SocketAddr) -> (Client, Client, String) {
    let guest = Client::booth(at, "a-01").await;
    let cookie = sign_in(host_at, "takahashi").await;
    let host = Client::host_as(host_at, &cookie, fresh_client()).await;
    (guest, host, cookie)
}

// N2, W2, W11
#[tokio::test]
async fn a_guest_and_a_host_on_two_nodes_meet_talk_and_signal() {
    let pair = Pair::open("").await;
    let (mut guest, mut host, cookie) = booth_and_host(pair.one.address(), pair.two.address()).await;
    guest
        .until(|message| match message {
            ServiceMessage::Directory { companies } => (companies[0].hosts.len() == 1).then_some(()),
            _ => None,
        })
        .await;
    let (room, mut log) = call(&mut guest, &mut host).await;
    guest.signal(&room, peer(&log, Seat(1)), offer(1)).await;
    let (from, to, signal) = host.signalled().await;
    assert_eq!((from, to, signal), (peer(&log, Seat::GUEST), peer(&log, Seat(1)), offer(1)));
    host.signal(&room, from, offer(2)).await;
    assert_eq!(guest.signalled().await.2, offer(2));
    guest.command(&room, Command::Say { text: "はい".into() }).await.unwrap();
    host.command(&room, Command::Say { text: "どうぞ".into() }).await.unwrap();
    guest.events_until(&room, &mut log, |r| matches!(&r.event, Event::Said { text, .. } if text == "どうぞ")).await;
    assert_eq!(count(&log, |event| matches!(event, Event::Said { .. })), 2);
    // What is said of a sign-in on one node holds on the other.
    let answer = request(pair.one.address(), "POST /api/sign-out", &[&format!("cookie: {cookie}")], "").await;
    assert_eq!(answer.status, 204);
    assert_eq!(host.closed().await, CloseCode::SignedOut as u16);
    guest.events_until(&room, &mut log, |r| r.event == Event::Lost { seat: Seat(1) }).await;
    assert_eq!(pair.ledger.read(&room, 0).await.unwrap(), log);
}

// W3
#[tokio::test]
async fn the_knockers_picture_is_shown_to_hosts_on_every_node() {
    let pair = Pair::open("").await;
    let (mut guest, mut host, _) = booth_and_host(pair.one.address(), pair.two.address()).await;
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    host.until(|message| match message {
        ServiceMessage::Lobby { rooms, .. } => rooms.iter().any(|found| found.room == room).then_some(()),
        _ => None,
    })
    .await;
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe0];
    jpeg.resize(engawa_protocol::limits::STILL_BYTES - 2, 7);
    jpeg.extend([0xff, 0xd9]);
    use base64::Engine;
    let jpeg = base64::prelude::BASE64_STANDARD.encode(jpeg);
    guest.send(&engawa_protocol::ClientMessage::Still { room: room.clone(), jpeg: jpeg.clone() }).await;
    let shown = host
        .until(|message| match message {
            ServiceMessage::Still { jpeg, .. } => Some(jpeg.clone()),
            _ => None,
        })
        .await;
    assert_eq!(shown, jpeg);
}

// X6, E8
#[tokio::test]
async fn whoever_changes_nodes_keeps_the_seat_and_what_was_signalled_meanwhile() {
    let pair = Pair::open("").await;
    let (mut guest, mut host, cookie) = booth_and_host(pair.one.address(), pair.two.address()).await;
    let (room, mut log) = call(&mut guest, &mut host).await;
    let (host_peer, client, n) = (peer(&log, Seat(1)), host.client.clone(), host.n());
    drop(host);
    guest.events_until(&room, &mut log, |r| r.event == Event::Lost { seat: Seat(1) }).await;
    guest.signal(&room, host_peer, offer(1)).await;
    guest.signal(&room, host_peer, offer(2)).await;
    assert!(!guest.so_far().await.iter().any(|message| matches!(message, ServiceMessage::Fault { .. })));
    // Back on the same node: what the other one held is passed on.
    let mut host = Client::host_as(pair.two.address(), &cookie, client.clone()).await.counting_from(n);
    host.follow(&room, 0).await;
    assert_eq!(host.signalled().await.2, offer(1));
    assert_eq!(host.signalled().await.2, offer(2));
    guest.events_until(&room, &mut log, |r| r.event == Event::Back { seat: Seat(1) }).await;
    // To the guest's node, before the old line is given up: the old one gives way, and nobody hears of a lost line.
    let mut moved = Client::host_as(pair.one.address(), &cookie, client).await.counting_from(n);
    moved.follow(&room, 0).await;
    assert_eq!(host.closed().await, CloseCode::Replaced as u16);
    let mut again = Client::booth_as(pair.two.address(), "a-01", guest.client.clone()).await.counting_from(guest.n());
    again.follow(&room, 0).await;
    assert_eq!(guest.closed().await, CloseCode::Replaced as u16);
    moved.command(&room, Command::Switch { microphone: false, camera: true }).await.unwrap();
    again.events_until(&room, &mut log, |r| matches!(r.event, Event::Switched { .. })).await;
    again.signal(&room, host_peer, offer(3)).await;
    assert_eq!(moved.signalled().await.2, offer(3));
    let stored = pair.ledger.read(&room, 0).await.unwrap();
    assert_eq!(peer(&stored, Seat(1)), host_peer, "the presence is the same");
    assert_eq!(count(&stored, |event| matches!(event, Event::Lost { .. })), 1);
}

// X6
#[tokio::test]
async fn the_clients_of_a_node_that_stops_have_time_to_come_back_and_then_are_lost() {
    let mut pair = Pair::open("returning = 6\nguest_grace = 1").await;
    let (mut guest, mut host, _) = booth_and_host(pair.one.address(), pair.two.address()).await;
    let (room, mut log) = call(&mut guest, &mut host).await;
    let cookie = sign_in(pair.two.address(), "mori").await;
    let mut second = Client::host_as(pair.one.address(), &cookie, fresh_client()).await;
    second.join(&room).await.unwrap();
    host.events_until(&room, &mut log, |r| matches!(r.event, Event::Joined { seat: Seat(2), .. })).await;
    pair.one.stop().await;
    let mut second = Client::host_as(pair.two.address(), &cookie, second.client.clone()).await;
    second.follow(&room, 0).await;
    host.events_until(&room, &mut log, |r| r.event == Event::Ended { cause: EndCause::GuestLost }).await;
    assert_eq!(count(&log, |event| matches!(event, Event::Lost { .. })), 1, "the host was back in time");
}

#[tokio::test]
async fn what_two_nodes_decide_at_once_is_decided_once() {
    let pair = Pair::open("knock = 5").await;
    let mut guest = Client::booth(pair.one.address(), "a-01").await;
    let mut one = Client::host(pair.one.address(), "takahashi").await;
    let mut two = Client::host(pair.two.address(), "mori").await;
    for _ in 0..20 {
        let room = fresh_room();
        guest.knock(&room, "minato").await.unwrap();
        let (first, second) = tokio::join!(one.command(&room, Command::Admit), two.command(&room, Command::Admit));
        assert!(first.is_ok() || second.is_ok());
        assert!([first, second].iter().all(|said| matches!(said, Ok(()) | Err(Refusal::WrongMoment))));
        guest.join(&room).await.unwrap();
        guest.command(&room, Command::Leave).await.unwrap();
        let log = pair.ledger.read(&room, 0).await.unwrap();
        fold(&log);
        assert_eq!(count(&log, |event| *event == Event::Admitted), 1, "{log:?}");
    }
    // So is what time decides, on both at the same moment.
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    let mut log = one.follow(&room, 0).await;
    one.events_until(&room, &mut log, |r| r.event == Event::Ended { cause: EndCause::Unanswered }).await;
    assert_eq!(two.command(&room, Command::Admit).await, Err(Refusal::Over));
    assert_eq!(pair.ledger.read(&room, 0).await.unwrap(), log);
}

// E2
#[tokio::test]
async fn wrong_numbers_count_together_whichever_node_they_come_to() {
    let pair = Pair::open("").await;
    let wrong = async |at: SocketAddr, times: usize| {
        let mut booth = Client::booth(at, "a-01").await;
        let mut last = None;
        for n in 0..times {
            let ticket = Ticket::Number { number: format!("{n:04}") };
            booth.send(&ClientMessage::Redeem { n: n as u32, ticket, take_over: false }).await;
            last = booth
                .until(|message| match message {
                    ServiceMessage::NotInvited { reason, .. } => Some(Some(*reason)),
                    _ => None,
                })
                .await;
        }
        last.unwrap()
    };
    assert_eq!(wrong(pair.one.address(), 3).await, TicketRefusal::Unknown);
    assert_eq!(wrong(pair.two.address(), 2).await, TicketRefusal::Unknown);
    for at in [pair.one.address(), pair.two.address()] {
        let held = wrong(at, 1).await;
        assert!(matches!(held, TicketRefusal::TooManyTries { .. }), "{held:?}");
    }
}

// E3, E4
#[tokio::test]
async fn what_is_changed_of_the_event_on_one_node_holds_on_the_other() {
    let pair = Pair::open("").await;
    House::add_host_to(pair.ledger.clone(), "fair", "").await;
    let staff = Api::of(pair.one.address(), "fair").await;
    let mut guest = Client::booth(pair.two.address(), "a-01").await;
    let names = |message: &ServiceMessage| match message {
        ServiceMessage::Directory { companies } => {
            Some(companies.iter().map(|c| c.name.en.clone()).collect::<Vec<_>>())
        }
        _ => None,
    };
    let mut shown = async |wanted: &[&str]| {
        guest.until(|message| names(message).filter(|names| names == wanted).map(drop)).await;
    };
    shown(&["Minato", "Hokuto"]).await;
    let north = json!({ "id": "kita", "order": 9, "name": { "ja": "北", "ko": "북", "en": "North" } });
    assert_eq!(staff.ask("POST /api/companies", north).await.0, 201);
    shown(&["Minato", "Hokuto", "North"]).await;
    let south = json!({ "name": { "ja": "南", "ko": "남", "en": "South" } });
    assert_eq!(staff.ask("PATCH /api/companies/kita", south).await.0, 200);
    shown(&["Minato", "Hokuto", "South"]).await;
    assert_eq!(staff.ask("DELETE /api/companies/kita", Value::Null).await.0, 204);
    shown(&["Minato", "Hokuto"]).await;
    // Whom companies see is decided on the other node as well.
    let other = Api::of(pair.two.address(), "fair").await;
    let booked = json!({ "policies": { "walk_up": "booked" } });
    let (status, changed) = staff.ask("PATCH /api/event", booked).await;
    assert_eq!(status, 200, "{changed}");
    let until = tokio::time::Instant::now() + PATIENCE;
    while other.ask("GET /api/event", Value::Null).await.1 != changed {
        assert!(tokio::time::Instant::now() < until, "the other node does not hear of it");
        tokio::task::yield_now().await;
    }
    assert_eq!(guest.knock(&fresh_room(), "minato").await, Err(Refusal::Booked));
}
