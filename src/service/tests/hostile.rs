//! What somebody who means ill can send, and that nobody else notices.

mod support;

use engawa_protocol::{
    ClientMessage, CloseCode, Command, Event, Fault, Peer, Refusal, RoomId, Seat, ServiceMessage, Signal, limits,
};
use futures_util::SinkExt;
use support::client::{Client, fold};
use support::web::sign_in;
use support::{House, fresh_client, fresh_room};
use tokio_tungstenite::tungstenite::Message;

/// A call of a-02 with mori, which goes on whatever happens beside it.
struct Beside {
    guest: Client,
    host: Client,
    room: RoomId,
    seen: u32,
}

impl Beside {
    async fn begin(house: &House) -> Self {
        let (mut guest, mut host) =
            (Client::booth(house.address(), "a-02").await, Client::host(house.address(), "mori").await);
        let room = fresh_room();
        guest.knock(&room, "minato").await.unwrap();
        guest.join(&room).await.unwrap();
        host.command(&room, Command::Admit).await.unwrap();
        host.join(&room).await.unwrap();
        let seen = host.follow(&room, 0).await.len() as u32;
        Self { guest, host, room, seen }
    }

    async fn goes_on(&mut self) {
        self.guest.command(&self.room, Command::Switch { microphone: false, camera: false }).await.unwrap();
        let (events, last) = self.host.events(&self.room).await;
        assert!(matches!(events[..], [ref one] if matches!(one.event, Event::Switched { .. })), "{events:?}");
        assert_eq!(last, self.seen + 1);
        self.seen = last;
    }

    /// Whoever says nothing for too long is let go.
    async fn stays(&mut self) {
        self.guest.so_far().await;
        self.host.so_far().await;
    }
}

#[tokio::test]
async fn what_is_no_message_is_refused_by_name_and_at_last_closed() {
    let house = House::open().await;
    let mut beside = Beside::begin(&house).await;
    let mut client = Client::booth(house.address(), "a-01").await;
    let room = fresh_room();
    let signal =
        |signal| ClientMessage::Signal { room: room.clone(), to: Peer { seat: Seat(0), since: 1 }, attempt: 1, signal };
    let long = Signal::Offer { sdp: format!("v=0\r\n{}", "a".repeat(limits::SDP_BYTES)) };
    let candidate =
        Signal::Candidate { candidate: format!("candidate:{}", "1".repeat(limits::CANDIDATE_BYTES)), line: 0 };
    let text = |message: &ClientMessage| serde_json::to_string(message).unwrap();
    let cases = [
        ("{\"type\":".to_owned(), Fault::Malformed),
        (r#"{"type":"dance"}"#.to_owned(), Fault::UnknownMessage),
        (r#"{"type":"ping"}"#.to_owned(), Fault::Malformed),
        (r#"{"type":"ping","n":4294967296}"#.to_owned(), Fault::Malformed),
        (r#"{"type":"follow","room":"../../etc/passwd","after":0}"#.to_owned(), Fault::Malformed),
        (text(&signal(long)), Fault::TooLarge),
        (text(&signal(candidate)), Fault::TooLarge),
        (text(&signal(Signal::Answer { sdp: "<script>".to_owned() })), Fault::Malformed),
        (text(&ClientMessage::Still { room: room.clone(), jpeg: "bm90IGEganBlZw==".to_owned() }), Fault::Malformed),
    ];
    for (text, fault) in &cases {
        client.send_text(text).await;
        assert_eq!(client.fault().await, *fault, "{text:.60}");
    }
    client.socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(client.fault().await, Fault::Malformed);
    let so_far = cases.len() as u32 + 1;
    for _ in so_far..=limits::FAULTS {
        client.send_text("[]").await;
    }
    assert_eq!(client.closed().await, CloseCode::Faults as u16);
    beside.goes_on().await;
}

#[tokio::test]
async fn a_message_over_the_limit_closes_with_1009() {
    let house = House::open().await;
    let mut beside = Beside::begin(&house).await;
    let ping = |bytes: usize| {
        let head = r#"{"type":"ping","n":1,"pad":""#;
        format!("{head}{}\"}}", "x".repeat(bytes - head.len() - 2))
    };
    let mut client = Client::booth(house.address(), "a-01").await;
    client.send_text(&ping(limits::MESSAGE_BYTES)).await;
    client.until(|message| matches!(message, ServiceMessage::Pong { n: 1, .. }).then_some(())).await;
    client.send_text(&ping(limits::MESSAGE_BYTES + 1)).await;
    assert_eq!(client.closed().await, 1009);
    let mut client = Client::booth(house.address(), "a-01").await;
    // Not read to its end: the close may be overtaken by the reset, but it is closed.
    client.socket.send(Message::text(ping(64 * limits::MESSAGE_BYTES))).await.ok();
    assert!(support::client::is_closed(&mut client).await);
    beside.goes_on().await;
}

#[tokio::test]
async fn a_flood_is_closed_while_others_go_on() {
    let house = House::open().await;
    let mut beside = Beside::begin(&house).await;
    let mut client = Client::booth(house.address(), "a-01").await;
    for n in 0..limits::BURST * 2 {
        let text = serde_json::to_string(&ClientMessage::Ping { n }).unwrap();
        if client.socket.feed(Message::text(text)).await.is_err() {
            break;
        }
    }
    client.socket.flush().await.ok();
    assert_eq!(client.closed().await, CloseCode::Rate as u16);
    beside.goes_on().await;
}

#[tokio::test]
async fn hosts_of_another_company_and_other_booths_are_kept_out_of_a_room() {
    let house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    host.join(&room).await.unwrap();
    host.command(&room, Command::Admit).await.unwrap();
    let log = host.follow(&room, 0).await;
    let target = Peer { seat: Seat(1), since: fold(&log).person(Seat(1)).unwrap().since };
    let outsiders = [Client::host(house.address(), "kim").await, Client::booth(house.address(), "a-02").await];
    for mut outsider in outsiders {
        outsider.send(&ClientMessage::Follow { room: room.clone(), after: 0 }).await;
        assert_eq!(outsider.fault().await, Fault::NotAllowed);
        for command in
            [Command::Admit, Command::End, Command::Leave, Command::Join { receives: vec![], take_over: false }]
        {
            assert_eq!(outsider.command(&room, command).await, Err(Refusal::NotAllowed));
        }
        assert_eq!(outsider.knock(&room, "minato").await, Err(Refusal::NotAllowed));
        outsider.signal(&room, target, Signal::Rebuild).await;
        assert_eq!(outsider.fault().await, Fault::NotAllowed);
        outsider.send(&ClientMessage::Still { room: room.clone(), jpeg: "/9j/4AAQ".to_owned() }).await;
        assert_eq!(outsider.fault().await, Fault::NotAllowed);
        let seen = outsider.so_far().await;
        let of_the_room = |message: &ServiceMessage| serde_json::to_string(message).unwrap().contains(room.as_str());
        let answers = |message: &ServiceMessage| matches!(message, ServiceMessage::Refused { .. });
        assert!(!seen.iter().any(|message| of_the_room(message) && !answers(message)), "{seen:?}");
    }
    assert!(!host.so_far().await.iter().any(|message| matches!(message, ServiceMessage::Signal { .. })));
    // A guest cannot do what is the host's, and the other way round.
    assert_eq!(guest.command(&room, Command::End).await, Err(Refusal::NotAllowed));
    assert_eq!(host.command(&room, Command::CancelKnock).await, Err(Refusal::NotAllowed));
    assert_eq!(host.command(&fresh_room(), Command::Admit).await, Err(Refusal::NoSuchRoom));
    host.send(&ClientMessage::Follow { room: fresh_room(), after: 0 }).await;
    assert_eq!(host.fault().await, Fault::NotAllowed);
}

/// A client's name stands in the log; using another one's gives nothing.
#[tokio::test]
async fn a_forged_client_name_does_not_make_anybody_somebody_else() {
    let house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let mut room = fresh_room();
    for _ in 0..2 {
        room = fresh_room();
        guest.knock(&room, "minato").await.unwrap();
        guest.join(&room).await.unwrap();
    }
    host.command(&room, Command::Admit).await.unwrap();
    host.join(&room).await.unwrap();
    let mut log = host.follow(&room, 0).await;
    let at_page = Peer { seat: Seat(1), since: fold(&log).person(Seat(1)).unwrap().since };
    let cookie = sign_in(house.address(), "mori").await;
    for client in [guest.client.clone(), host.client.clone()] {
        let mut forger = Client::host_as(house.address(), &cookie, client).await;
        forger.send(&ClientMessage::Follow { room: room.clone(), after: 0 }).await;
        assert_eq!(forger.fault().await, Fault::NotAllowed);
        assert_eq!(forger.join(&room).await, Err(Refusal::NotAllowed));
        assert_eq!(forger.command(&room, Command::Leave).await, Err(Refusal::NotAllowed));
        forger.signal(&room, at_page, Signal::Rebuild).await;
        assert_eq!(forger.fault().await, Fault::NotAllowed);
    }
    // Nobody's line was lost by the forger's going either.
    guest.command(&room, Command::Switch { microphone: false, camera: true }).await.unwrap();
    host.events_until(&room, &mut log, |r| matches!(r.event, Event::Switched { .. })).await;
    assert!(!log.iter().any(|r| matches!(r.event, Event::Lost { .. })));
    assert!(!host.so_far().await.iter().any(|message| matches!(message, ServiceMessage::Signal { .. })));
}

/// A booth that waits in a room it has guessed hears nothing of the knock that opens it.
#[tokio::test]
async fn a_room_that_was_guessed_before_it_was_opened_stays_closed() {
    let house = House::open().await;
    let room = fresh_room();
    let mut lurker = Client::booth(house.address(), "a-02").await;
    assert_eq!(lurker.follow(&room, 0).await, []);
    let mut guest = Client::booth(house.address(), "a-01").await;
    guest.knock(&room, "minato").await.unwrap();
    assert_eq!(guest.follow(&room, 0).await.len(), 1);
    assert!(!lurker.so_far().await.iter().any(|message| matches!(message, ServiceMessage::Events { .. })));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_let_go_and_the_others_go_on() {
    let house = House::open().await;
    let mut beside = Beside::begin(&house).await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let cookie = sign_in(house.address(), "takahashi").await;
    let mut host = Client::host_as(house.address(), &cookie, fresh_client()).await;
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    host.join(&room).await.unwrap();
    host.command(&room, Command::Admit).await.unwrap();
    let mut log = guest.follow(&room, 0).await;
    host.send(&ClientMessage::Follow { room: room.clone(), after: 0 }).await;
    let at_page = Peer { seat: Seat(1), since: fold(&log).person(Seat(1)).unwrap().since };
    let sdp = format!("v=0\r\n{}", "a".repeat(limits::SDP_BYTES - 5));
    let bulk = serde_json::to_string(&ClientMessage::Signal {
        room: room.clone(),
        to: at_page,
        attempt: 1,
        signal: Signal::Offer { sdp },
    })
    .unwrap();
    // The host reads nothing from here on, but says that it lives. Its sender keeps to the rate.
    let mut lost = false;
    for round in 0..40u32 {
        for _ in 0..limits::RATE_PER_SECOND / 4 {
            guest.send_text(&bulk).await;
        }
        let ping = serde_json::to_string(&ClientMessage::Ping { n: round }).unwrap();
        host.socket.send(Message::text(ping)).await.ok();
        let _ = tokio::time::timeout(
            std::time::Duration::from_millis(250),
            guest.events_until(&room, &mut log, |r| r.event == Event::Lost { seat: Seat(1) }),
        )
        .await;
        lost = log.iter().any(|r| r.event == Event::Lost { seat: Seat(1) });
        if lost {
            break;
        }
        if round % 4 == 0 {
            beside.stays().await;
        }
    }
    assert!(lost, "the host that reads nothing is let go");
    beside.goes_on().await;
}

#[tokio::test]
async fn a_client_that_falls_silent_is_let_go() {
    let house = House::open().await;
    let mut silent = Client::booth(house.address(), "a-01").await;
    assert_eq!(silent.closed().await, CloseCode::Silent as u16);
}

/// Somebody who never finishes a request does not keep a place for ever.
#[tokio::test]
async fn a_request_that_is_never_finished_is_given_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let house = House::open().await;
    let mut stream = tokio::net::TcpStream::connect(house.address()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: here\r\nx-slow: ").await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(support::PATIENCE, stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection is closed");
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

/// Nor does one who promises a body and never sends it.
#[tokio::test]
async fn a_body_that_never_comes_is_given_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let house = House::open().await;
    let mut stream = tokio::net::TcpStream::connect(house.address()).await.unwrap();
    let head =
        "POST /api/sign-in HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: 60\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let ended = tokio::time::timeout(support::PATIENCE, stream.read_to_string(&mut answer)).await;
    assert!(ended.is_ok(), "the connection is closed");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}
