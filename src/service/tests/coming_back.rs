//! Lines that are lost, services that are stopped or killed: whoever comes back misses nothing.

mod support;

use engawa_protocol::{
    CloseCode, Command, EndCause, Event, LeaveCause, Peer, Progress, Recorded, Refusal, RoomId, Seat, ServiceMessage,
    Signal,
};
use support::client::{Client, fold};
use support::process::Process;
use support::web::{get, request, sign_in};
use support::{House, PATIENCE, fresh_client, fresh_room};
use tokio::time::timeout;

fn rebuild_offer(number: u32) -> Signal {
    Signal::Offer { sdp: format!("v=0\r\no=- {number} 1 IN IP4 0.0.0.0\r\n") }
}

/// A call between booth a-01 and a host; both follow.
async fn call(guest: &mut Client, host: &mut Client) -> (RoomId, Vec<Recorded>) {
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    guest.follow(&room, 0).await;
    host.command(&room, Command::Admit).await.unwrap();
    host.join(&room).await.unwrap();
    let log = host.follow(&room, 0).await;
    (room, log)
}

// N2, X6
#[tokio::test]
async fn a_client_that_comes_back_gets_what_it_missed_and_nothing_twice() {
    let house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let cookie = sign_in(house.address(), "takahashi").await;
    let mut host = Client::host_as(house.address(), &cookie, fresh_client()).await;
    let (room, log) = call(&mut guest, &mut host).await;
    let (client, n) = (host.client.clone(), host.n());
    drop(host);
    let mut seen = log.clone();
    guest.events_until(&room, &mut seen, |r| r.event == Event::Lost { seat: Seat(1) }).await;
    guest.command(&room, Command::Switch { microphone: false, camera: true }).await.unwrap();
    // Sent to a seat whose line is lost: it waits for the line.
    let room_now = fold(&seen);
    let host_peer = Peer { seat: Seat(1), since: room_now.person(Seat(1)).unwrap().since };
    guest.signal(&room, host_peer, rebuild_offer(1)).await;
    guest.signal(&room, host_peer, rebuild_offer(2)).await;
    assert!(!guest.so_far().await.iter().any(|message| matches!(message, ServiceMessage::Fault { .. })));

    let mut host = Client::host_as(house.address(), &cookie, client).await.counting_from(n);
    let mut log = log;
    log.extend(host.follow(&room, log.len() as u32).await);
    host.events_until(&room, &mut log, |r| r.event == Event::Back { seat: Seat(1) }).await;
    let back = fold(&log);
    assert!(!back.person(Seat::GUEST).unwrap().microphone);
    assert_eq!(back.person(Seat(1)).unwrap().since, host_peer.since, "the presence is the same");
    assert_eq!(host.signalled().await.2, rebuild_offer(1));
    assert_eq!(host.signalled().await.2, rebuild_offer(2));
}

// X8
#[tokio::test]
async fn a_host_who_stays_away_is_taken_out_and_the_last_one_ends_the_call() {
    let house = House::open_with("", "host_grace = 1").await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let (room, mut log) = call(&mut guest, &mut host).await;
    drop(host);
    guest.events_until(&room, &mut log, |r| r.event == Event::Ended { cause: EndCause::HostLost }).await;
    let left = Event::Left { seat: Seat(1), cause: LeaveCause::Line };
    assert!(log.iter().any(|r| r.event == left));
}

#[tokio::test]
async fn a_knock_that_nobody_answers_is_over_in_time() {
    let house = House::open_with("", "knock = 1").await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    let mut log = guest.follow(&room, 0).await;
    guest.events_until(&room, &mut log, |r| r.event == Event::Ended { cause: EndCause::Unanswered }).await;
}

// E8
#[tokio::test]
async fn a_second_connection_of_a_booth_replaces_the_first_without_a_lost_line() {
    let house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let (room, mut log) = call(&mut guest, &mut host).await;
    let mut again = Client::booth_as(house.address(), "a-01", guest.client.clone()).await.counting_from(guest.n());
    again.follow(&room, 0).await;
    assert_eq!(guest.closed().await, CloseCode::Replaced as u16);
    again.command(&room, Command::Switch { microphone: true, camera: false }).await.unwrap();
    host.events_until(&room, &mut log, |r| matches!(r.event, Event::Switched { .. })).await;
    assert!(fold(&log).person(Seat::GUEST).unwrap().lost.is_none());
    // Two pages of one host stand beside each other.
    let mut other = Client::host(house.address(), "takahashi").await;
    assert_eq!(other.follow(&room, 0).await, log);
    host.command(&room, Command::Switch { microphone: true, camera: false }).await.unwrap();
}

// N2, X6
#[tokio::test]
async fn a_service_that_stops_says_restart_and_nobody_lost_their_line() {
    let mut house = House::open().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let cookie = sign_in(house.address(), "takahashi").await;
    let mut host = Client::host_as(house.address(), &cookie, fresh_client()).await;
    let (room, log) = call(&mut guest, &mut host).await;
    house.stop().await;
    assert_eq!(guest.closed().await, CloseCode::Restart as u16);
    assert_eq!(host.closed().await, CloseCode::Restart as u16);
    house.start().await;
    let mut guest = Client::booth_as(house.address(), "a-01", guest.client.clone()).await.counting_from(guest.n());
    let mut host = Client::host_as(house.address(), &cookie, host.client.clone()).await.counting_from(host.n());
    assert_eq!(guest.follow(&room, 0).await, log, "nothing is added and nothing is missing");
    assert_eq!(host.follow(&room, log.len() as u32).await, []);
    // What was answered before is not done again, what was not is.
    host.command_as(&room, host.n(), Command::Join { receives: vec![], take_over: false }).await.unwrap();
    host.command(&room, Command::End).await.unwrap();
    let (events, _) = guest.events(&room).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event, Event::Ended { cause: EndCause::Host });
    // Over or not, a room can be read again.
    house.stop().await;
    house.start().await;
    let mut host = Client::host_as(house.address(), &cookie, fresh_client()).await;
    assert_eq!(host.follow(&room, 0).await, [log, events].concat());
    assert_eq!(host.join(&room).await, Err(Refusal::Over));
}

// X6
#[tokio::test]
async fn after_a_restart_whoever_stays_away_is_told_as_lost() {
    let mut house = House::open_with("", "returning = 4\nguest_grace = 1").await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let cookie = sign_in(house.address(), "takahashi").await;
    let mut host = Client::host_as(house.address(), &cookie, fresh_client()).await;
    let (room, log) = call(&mut guest, &mut host).await;
    house.stop().await;
    house.start().await;
    let mut host = Client::host_as(house.address(), &cookie, host.client.clone()).await;
    let mut log = [log.clone(), host.follow(&room, log.len() as u32).await].concat();
    host.events_until(&room, &mut log, |r| r.event == Event::Ended { cause: EndCause::GuestLost }).await;
    assert!(log.iter().any(|r| r.event == Event::Lost { seat: Seat::GUEST }));
    assert!(!log.iter().any(|r| r.event == Event::Lost { seat: Seat(1) }), "the host was back in time");
}

// N2, P7
#[tokio::test]
async fn a_service_that_is_killed_in_a_call_knows_everything_it_acknowledged() {
    let house = House::furnish("", "");
    house.add_host("takahashi", "minato").await;
    let mut process = Process::start(&house).await;
    let mut guest = Client::booth(process.address, "a-01").await;
    let cookie = sign_in(process.address, "takahashi").await;
    let mut host = Client::host_as(process.address, &cookie, fresh_client()).await;
    let (room, log) = call(&mut guest, &mut host).await;
    let mut acknowledged = 0;
    for at in 0..20 {
        guest.command(&room, Command::Switch { microphone: at % 2 == 0, camera: true }).await.unwrap();
        acknowledged += 1;
    }
    process.child.kill().await.unwrap();
    let process = Process::start(&house).await;
    assert_eq!(request(process.address, "GET /api/me", &[&format!("cookie: {cookie}")], "").await.status, 200);
    let mut guest = Client::booth_as(process.address, "a-01", guest.client.clone()).await.counting_from(guest.n());
    let mut host = Client::host_as(process.address, &cookie, host.client.clone()).await;
    let mut log = [log.clone(), host.follow(&room, log.len() as u32).await].concat();
    assert_eq!(log.iter().filter(|r| matches!(r.event, Event::Switched { .. })).count(), acknowledged);
    assert_eq!(fold(&log).progress(), Progress::InCall);
    guest.follow(&room, 0).await;
    guest.command(&room, Command::Leave).await.unwrap();
    host.events_until(&room, &mut log, |r| r.event == Event::Ended { cause: EndCause::Guest }).await;
    assert_eq!(guest.command(&room, Command::CancelKnock).await, Err(Refusal::Over));
    drop(process);
    let words = std::fs::read_to_string(Process::log_file(&house)).unwrap();
    assert!(words.contains("connected") && words.contains("rooms are restored going_on=1"), "{words}");
    for personal in ["佐藤花子", "takahashi", "v=0", "candidate", "token-of", &cookie] {
        assert!(!words.contains(personal), "the log holds {personal:?}");
    }
}

// N2
#[tokio::test]
async fn the_program_stops_in_good_order_when_it_is_told_to() {
    let house = House::furnish("", "");
    let mut process = Process::start(&house).await;
    let mut guest = Client::booth(process.address, "a-01").await;
    assert_eq!(get(process.address, "/healthz").await.status, 200);
    let pid = process.child.id().unwrap().to_string();
    let told = tokio::process::Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
    assert!(told.success());
    assert_eq!(guest.closed().await, CloseCode::Restart as u16);
    let status = timeout(PATIENCE, process.child.wait()).await.expect("it ends in time").unwrap();
    assert!(status.success(), "{status}");
}
