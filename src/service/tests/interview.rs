//! A guest, a booth, recruiters: an interview as the wire shows it.

mod support;

use engawa_protocol::{
    BoothState, ClientMessage, Command, EndCause, Event, Fault, Peer, Progress, Recorded, Refusal, RoomId, RoomSummary,
    Seat, ServiceMessage, Signal, limits,
};
use support::client::{Client, fold};
use support::{House, fresh_room};

fn offer() -> Signal {
    Signal::Offer { sdp: "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n".to_owned() }
}

fn answer() -> Signal {
    Signal::Answer { sdp: "v=0\r\no=- 2 1 IN IP4 0.0.0.0\r\n".to_owned() }
}

/// The guest has knocked and sits; the host sits; both follow.
async fn knocked(guest: &mut Client, host: &mut Client) -> (RoomId, Vec<Recorded>) {
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    guest.follow(&room, 0).await;
    host.join(&room).await.unwrap();
    let log = host.follow(&room, 0).await;
    (room, log)
}

fn peer(log: &[Recorded], seat: u32) -> Peer {
    let room = fold(log);
    Peer { seat: Seat(seat), since: room.person(Seat(seat)).expect("somebody sits there").since }
}

async fn lobby(host: &mut Client, is: impl Fn(&[RoomSummary], &[BoothState]) -> bool) {
    host.until(|message| match message {
        ServiceMessage::Lobby { rooms, booths } if is(rooms, booths) => Some(()),
        _ => None,
    })
    .await;
}

// W11, W12, E3
#[tokio::test]
async fn a_knock_is_let_in_and_signals_pass_both_ways() {
    let house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let (room, mut log) = knocked(&mut guest, &mut host).await;
    host.command(&room, Command::Admit).await.unwrap();
    host.events_until(&room, &mut log, |recorded| recorded.event == Event::Admitted).await;
    let (at_booth, at_page) = (peer(&log, 0), peer(&log, 1));
    guest.signal(&room, at_page, offer()).await;
    assert_eq!(host.signalled().await, (at_booth, at_page, offer()));
    host.signal(&room, at_booth, answer()).await;
    assert_eq!(guest.signalled().await, (at_page, at_booth, answer()));
    let candidate = Signal::Candidate { candidate: "candidate:1 1 udp 1 0.0.0.0 9 typ host".to_owned(), line: 0 };
    host.signal(&room, at_booth, candidate.clone()).await;
    assert_eq!(guest.signalled().await.2, candidate);
    // A presence that never was, and one's own.
    guest.signal(&room, Peer { since: at_page.since + 1, ..at_page }, offer()).await;
    assert_eq!(guest.fault().await, Fault::NoSuchPeer);
    guest.signal(&room, at_booth, offer()).await;
    assert_eq!(guest.fault().await, Fault::NoSuchPeer);
    host.command(&room, Command::End).await.unwrap();
    host.events_until(&room, &mut log, |recorded| recorded.event == Event::Ended { cause: EndCause::Host }).await;
    guest.signal(&room, at_page, offer()).await;
    assert_eq!(guest.fault().await, Fault::NoSuchPeer);
    assert!(!host.so_far().await.iter().any(|message| matches!(message, ServiceMessage::Signal { .. })));
}

// W11
#[tokio::test]
async fn nothing_is_relayed_before_the_guest_is_let_in() {
    let house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let (room, log) = knocked(&mut guest, &mut host).await;
    guest.signal(&room, peer(&log, 1), offer()).await;
    assert_eq!(guest.fault().await, Fault::NoSuchPeer);
    host.signal(&room, peer(&log, 0), offer()).await;
    assert_eq!(host.fault().await, Fault::NoSuchPeer);
    for side in [&mut guest, &mut host] {
        assert!(!side.so_far().await.iter().any(|message| matches!(message, ServiceMessage::Signal { .. })));
    }
}

// W12, W13
#[tokio::test]
async fn a_guest_is_refused_with_the_hosts_words() {
    let house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let (room, _) = knocked(&mut guest, &mut host).await;
    let mut other = Client::host(house.address(), "mori").await;
    let mut log = other.follow(&room, 0).await;
    host.command(&room, Command::Wait { message: "あと5分です".to_owned() }).await.unwrap();
    let long = "あ".repeat(limits::TEXT_CHARS + 1);
    assert_eq!(host.command(&room, Command::Refuse { message: long }).await, Err(Refusal::BadText));
    host.command(&room, Command::Refuse { message: "15時ごろに".to_owned() }).await.unwrap();
    other.events_until(&room, &mut log, |r| matches!(r.event, Event::Refused { .. })).await;
    let (message, from) = ("15時ごろに".to_owned(), "takahashiさん".to_owned());
    assert_eq!(log.last().unwrap().event, Event::Refused { message, from });
    assert_eq!(guest.command(&room, Command::CancelKnock).await, Err(Refusal::Over));
}

#[tokio::test]
async fn a_command_that_is_sent_twice_is_one_event() {
    let house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    let switch = Command::Switch { microphone: false, camera: true };
    for _ in 0..3 {
        guest.command_as(&room, 7, switch.clone()).await.unwrap();
    }
    let log = guest.follow(&room, 0).await;
    assert_eq!(log.iter().filter(|recorded| matches!(recorded.event, Event::Switched { .. })).count(), 1);
}

// L18, X8
#[tokio::test]
async fn five_hosts_sit_with_a_guest_and_the_last_one_takes_the_call_along() {
    let mut house = House::furnish("", "");
    for at in 0..6 {
        house.add_host(&format!("host-{at}"), "minato").await;
    }
    house.start().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    let mut hosts = Vec::new();
    for at in 0..6 {
        hosts.push(Client::host(house.address(), &format!("host-{at}")).await);
    }
    hosts[0].command(&room, Command::Admit).await.unwrap();
    for host in &mut hosts[..5] {
        host.join(&room).await.unwrap();
    }
    assert_eq!(hosts[5].join(&room).await, Err(Refusal::Full));
    let mut log = guest.follow(&room, 0).await;
    // Host to host as well.
    hosts[1].follow(&room, 0).await;
    hosts[0].signal(&room, peer(&log, 2), offer()).await;
    assert_eq!(hosts[1].signalled().await, (peer(&log, 1), peer(&log, 2), offer()));
    for host in &mut hosts[..4] {
        host.command(&room, Command::Leave).await.unwrap();
    }
    let has_left = |seat| move |r: &Recorded| matches!(r.event, Event::Left { seat: of, .. } if of == Seat(seat));
    guest.events_until(&room, &mut log, has_left(4)).await;
    assert_eq!(fold(&log).progress(), Progress::InCall);
    hosts[4].command(&room, Command::Leave).await.unwrap();
    guest.events_until(&room, &mut log, |r| r.event == Event::Ended { cause: EndCause::HostLeft }).await;
}

// W11, W12
#[tokio::test]
async fn waiting_guests_know_their_place_and_hosts_see_who_waits() {
    let house = House::open().await;
    let mut first = Client::booth(house.address(), "a-01").await;
    let mut second = Client::booth(house.address(), "a-02").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let (room, other) = (fresh_room(), fresh_room());
    first.knock(&room, "minato").await.unwrap();
    place(&mut first, &room, 1).await;
    second.knock(&other, "minato").await.unwrap();
    place(&mut second, &other, 2).await;
    lobby(&mut host, |rooms, booths| {
        let knocking = |r: &RoomSummary| (r.progress, r.guest.as_str()) == (Progress::Knocking, "佐藤花子");
        rooms.iter().map(|r| r.booth.as_str()).eq(["A-01", "A-02"])
            && rooms.iter().all(knocking)
            && booths.iter().all(|booth| booth.here && booth.taken)
    })
    .await;
    second
        .until(|message| match message {
            ServiceMessage::Directory { companies } => {
                let minato = &companies[0];
                (minato.waiting == 2 && minato.hosts.len() == 1 && companies[1].waiting == 0).then_some(())
            }
            _ => None,
        })
        .await;
    first.command(&room, Command::CancelKnock).await.unwrap();
    place(&mut second, &other, 1).await;
    // Whoever knocks again stands behind.
    first.knock(&room, "minato").await.unwrap();
    place(&mut first, &room, 2).await;
    first.command(&room, Command::Leave).await.unwrap();
    drop(first);
    lobby(&mut host, |rooms, booths| {
        let progress: Vec<_> = rooms.iter().map(|room| room.progress).collect();
        progress == [Progress::Knocking, Progress::Ended] && !booths[0].here && !booths[0].taken && booths[1].here
    })
    .await;
}

async fn place(guest: &mut Client, wanted: &RoomId, place: u32) {
    guest
        .until(|message| match message {
            ServiceMessage::Queue { room, place: told } if room == wanted => (*told == place).then_some(()),
            _ => None,
        })
        .await;
}

// W12
#[tokio::test]
async fn a_knockers_picture_is_shown_to_hosts_who_come_later_until_the_knock_ends() {
    let house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let mut rival = Client::host(house.address(), "kim").await;
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    let picture = "/9j/4AAQ".to_owned();
    guest.send(&ClientMessage::Still { room: room.clone(), jpeg: picture.clone() }).await;
    assert_eq!(still(&mut host, &room).await, picture);
    let mut late = Client::host(house.address(), "mori").await;
    assert_eq!(still(&mut late, &room).await, picture);
    guest.command(&room, Command::CancelKnock).await.unwrap();
    // What the hall is told comes in order: with the lobby, the picture is gone.
    lobby(&mut host, |rooms, _| rooms.iter().any(|of| of.room == room && of.progress == Progress::Open)).await;
    let mut later = Client::host(house.address(), "mori").await;
    lobby(&mut later, |rooms, _| rooms.len() == 1).await;
    // A picture that comes after the knock is not shown either.
    guest.send(&ClientMessage::Still { room: room.clone(), jpeg: picture }).await;
    guest.so_far().await;
    for nobody in [&mut later, &mut rival] {
        assert!(!nobody.so_far().await.iter().any(|message| matches!(message, ServiceMessage::Still { .. })));
    }
}

async fn still(host: &mut Client, wanted: &RoomId) -> String {
    host.until(|message| match message {
        ServiceMessage::Still { room, jpeg } if room == wanted => Some(jpeg.clone()),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_booth_has_only_so_many_rooms_that_are_not_over() {
    let house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let rooms: Vec<_> = (0..5).map(|_| fresh_room()).collect();
    for room in &rooms[..4] {
        guest.knock(room, "minato").await.unwrap();
    }
    assert_eq!(guest.knock(&rooms[4], "minato").await, Err(Refusal::Full));
    guest.command(&rooms[0], Command::Leave).await.unwrap();
    guest.knock(&rooms[4], "minato").await.unwrap();
    assert_eq!(guest.knock(&fresh_room(), "nobody").await, Err(Refusal::NoSuchCompany));
}
