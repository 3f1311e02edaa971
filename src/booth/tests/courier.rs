//! A line from the pen to the service and back, over a real disk and a restart.

use engawa_booth::access::Access;
use engawa_booth::courier::{Courier, Outgoing};
use engawa_booth::service::Service;
use engawa_booth::store::Outbox;
use engawa_booth::upload::Uploads;
use engawa_protocol::{
    BoothId, ClientId, ClientMessage, Command, Localized, Millis, PROTOCOL, RoomId, ServiceMessage, You,
};
use engawa_session::booth::{Input, Queued};
use engawa_session::outbox::Draft;
use engawa_session::view::{LineBody, LineState};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn room() -> RoomId {
    RoomId::from_random([2; 16])
}

fn courier(data: &Path, current: Option<RoomId>, now: Instant) -> Courier {
    let service = Service::new("http://127.0.0.1:9", None).expect("an address");
    let access = Access::by_token("token").expect("a token");
    let (uploads, _task) = Uploads::new(service, access, Arc::new(|_| {}));
    Courier::new(Outbox::open(data).expect("open"), uploads, current, || [9; 16], now)
}

fn welcome() -> ServiceMessage {
    let booth: BoothId = "a-01".parse().expect("an id");
    ServiceMessage::Welcome {
        protocol: PROTOCOL,
        you: You::Booth { booth, name: "A-01".to_owned() },
        event: Localized { ja: String::new(), ko: String::new(), en: String::new() },
        ice_servers: Vec::new(),
        now: Millis(1_800_000_000_000),
    }
}

/// The queue, the number in it, and what it asks for.
type Sent = (ClientId, u32, Command);

/// Everything that is passed on: what was sent, and what the walk was told last.
fn drain(courier: &mut Courier) -> (Vec<Sent>, Option<Vec<Queued>>) {
    let (mut sent, mut told) = (Vec::new(), None);
    while let Some(outgoing) = courier.poll() {
        match outgoing {
            Outgoing::Send(ClientMessage::Command { room: to, n, command, queue: Some(queue) }) => {
                assert_eq!(to, room());
                sent.push((queue, n, command));
            }
            Outgoing::Tell(Input::Queued { queued, .. }) => told = Some(queued),
            other => panic!("{other:?}"),
        }
    }
    (sent, told)
}

fn say(text: &str) -> Command {
    Command::Say { text: text.to_owned() }
}

// T8
#[test]
fn a_line_written_offline_is_shown_survives_a_restart_and_arrives_once() {
    let data = tempfile::tempdir().expect("a folder");
    let mut now = Instant::now();
    let mut before = courier(data.path(), None, now);
    before.write(room(), Draft::Line("one".to_owned()), now);
    before.write(room(), Draft::Line("two".to_owned()), now);
    let (sent, told) = drain(&mut before);
    assert!(sent.is_empty(), "sent without a line");
    let told = told.expect("it is shown");
    let shown: Vec<_> = told.iter().map(|queued| (queued.body.clone(), queued.state)).collect();
    let waits = |text: &str| (LineBody::Text(text.to_owned()), LineState::Waiting);
    assert_eq!(shown, [waits("one"), waits("two")]);
    drop(before);

    let mut after = courier(data.path(), Some(room()), now);
    assert_eq!(drain(&mut after).1, Some(told), "the restart forgot what waits");
    after.heard(&welcome(), now);
    let (sent, _) = drain(&mut after);
    let [(queue, 1, command)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(*command, say("one"));
    let done = |n| ServiceMessage::Done { room: room(), n, queue: Some(queue.clone()) };
    now += Duration::from_secs(1);
    after.heard(&done(1), now);
    assert_eq!(drain(&mut after).0, [(queue.clone(), 2, say("two"))]);
    after.heard(&done(2), now);
    assert_eq!(drain(&mut after).1, Some(Vec::new()));
    drop(after);

    let mut last = courier(data.path(), Some(room()), now);
    last.heard(&welcome(), now);
    let (sent, told) = drain(&mut last);
    assert!(sent.is_empty() && told.is_none(), "delivered and not forgotten");
    last.write(room(), Draft::Line("three".to_owned()), now);
    assert_eq!(drain(&mut last).0, [(queue.clone(), 3, say("three"))]);
}

// T8
#[test]
fn the_next_candidate_is_told_nothing_of_what_waits() {
    let data = tempfile::tempdir().expect("a folder");
    let now = Instant::now();
    let mut courier = courier(data.path(), None, now);
    courier.write(room(), Draft::Line("mine".to_owned()), now);
    courier.end_session(room(), now);
    drain(&mut courier);
    courier.heard(&welcome(), now);
    let (sent, told) = drain(&mut courier);
    assert_eq!(sent.len(), 1, "it goes on being delivered");
    assert_eq!(told, None);
}
