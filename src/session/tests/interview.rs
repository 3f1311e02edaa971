//! A walk-up interview, from the first page to the last.

mod world;

use engawa_protocol::*;
use engawa_session::booth::{Input, LinkFault, MediaInput};
use engawa_session::view::{Screen, Touch};
use std::collections::BTreeSet;
use std::time::Duration;
use world::World;

// W11, X8
#[test]
fn a_recruiter_lets_in_and_ends() {
    let mut world = World::new();
    world.call();
    assert!(matches!(world.screen(), Screen::Call { others, .. } if others.len() == 1));
    assert_eq!(world.links.len(), 1);
    world.host(0, Command::End).expect("it is carried out");
    assert!(matches!(world.screen(), Screen::Ended { .. }));
    assert!(world.links.is_empty() && world.saved.is_none());
    world.pass(Duration::from_secs(61));
    assert_eq!(world.screen(), Screen::Welcome);
}

// W11
#[test]
fn a_request_is_taken_back_and_made_again() {
    let mut world = World::new();
    world.walk_to_ready();
    world.touch(Touch::Ask);
    assert!(matches!(world.screen(), Screen::Waiting { .. }));
    world.touch(Touch::Ask);
    assert!(matches!(world.screen(), Screen::Waiting { .. }), "a second tap changes nothing");
    world.touch(Touch::Cancel);
    assert!(matches!(world.screen(), Screen::Ready { .. }));
    world.touch(Touch::Ask);
    assert_eq!(world.room.progress(), Progress::Knocking);
}

// W13
#[test]
fn a_refusal_shows_the_hosts_words() {
    let mut world = World::new();
    world.walk_to_ready();
    world.touch(Touch::Ask);
    world.host(0, Command::Refuse { message: "Later, please.".into() }).expect("it is carried out");
    let Screen::Refused { note: Some(note), unanswered: false, .. } = world.screen() else {
        panic!("not refused: {:?}", world.screen());
    };
    assert_eq!((note.from.as_str(), note.text.as_str()), ("Host 1", "Later, please."));
}

// X6, P7
#[test]
fn a_booth_that_crashed_is_back_in_the_call() {
    let mut world = World::new();
    world.call();
    world.touch(Touch::Microphone);
    world.crash_booth();
    assert!(matches!(world.screen(), Screen::Call { devices, .. } if !devices.microphone), "{:?}", world.screen());
    assert_eq!(world.links.len(), 1);
    assert!(world.room.person(Seat::GUEST).is_some_and(|p| !p.microphone));
    world.check();
}

// X6, P7
#[test]
fn a_booth_that_finds_the_service_late_still_returns() {
    let mut world = World::new();
    world.call();
    world.disconnect();
    world.restart_booth();
    world.pass(Duration::from_secs(25));
    assert!(matches!(world.screen(), Screen::Reconnecting { .. }), "{:?}", world.screen());
    world.connect();
    assert!(matches!(world.screen(), Screen::Call { .. }), "{:?}", world.screen());
}

// X9
#[test]
fn a_candidate_who_left_while_offline_does_not_knock_later() {
    let mut world = World::new();
    world.walk_to_ready();
    world.mute_service = true;
    world.touch(Touch::Ask);
    world.mute_service = false;
    world.disconnect();
    world.touch(Touch::Cancel);
    world.touch(Touch::Back);
    world.connect();
    assert!(world.log.iter().all(|r| !matches!(r.event, Event::Knocked { .. })), "{:?}", world.log);
}

// W11
#[test]
fn a_request_taken_back_stays_so_through_a_crash() {
    let mut world = World::new();
    world.walk_to_ready();
    world.touch(Touch::Ask);
    world.disconnect();
    world.touch(Touch::Cancel);
    world.restart_booth();
    world.host(0, Command::Admit).expect("it is carried out");
    world.connect();
    assert!(!matches!(world.screen(), Screen::Call { .. }), "{:?}", world.screen());
    assert!(world.links.is_empty());
}

// N2
#[test]
fn media_that_broke_begins_again_under_the_next_attempt() {
    let mut world = World::new();
    world.call();
    let link = *world.links.first().expect("one connection");
    world.handle(Input::Media(MediaInput::Broken));
    world.pass(Duration::from_secs(2));
    assert_eq!(world.links, BTreeSet::from([LinkId { attempt: 2, ..link }]));
}

// N2
#[test]
fn a_late_candidate_does_not_tear_down_what_flows() {
    let mut world = World::new();
    world.call();
    let link = *world.links.first().expect("one connection");
    world.handle(Input::Media(MediaInput::Connected(link)));
    world.disconnect();
    let signal = Signal::Candidate { candidate: String::new(), line: 0 };
    world.handle(Input::Media(MediaInput::Signal { link, signal }));
    world.connect();
    world.pass(Duration::from_secs(5));
    assert_eq!(world.links, BTreeSet::from([link]));
}

// N2
#[test]
fn a_restarted_service_disturbs_nobody() {
    let mut world = World::new();
    world.call();
    let (events, links) = (world.log.len(), world.links.clone());
    links.iter().for_each(|link| world.handle(Input::Media(MediaInput::Connected(*link))));
    world.restart_service();
    world.pass(Duration::from_secs(30));
    assert_eq!((world.log.len(), &world.links), (events, &links));
    assert!(matches!(world.screen(), Screen::Call { .. }));
}

// X6, X8
#[test]
fn an_outage_of_the_service_ends_nothing_before_people_had_time_to_return() {
    let mut world = World::new();
    world.call();
    world.host_line(0, false);
    world.disconnect();
    world.now += Duration::from_secs(200);
    world.restart_service();
    world.pass(Duration::from_secs(5));
    assert_eq!(world.room.progress(), Progress::InCall);
    world.host_line(0, true);
    world.connect();
    world.pass(Duration::from_secs(60));
    assert!(matches!(world.screen(), Screen::Call { .. }), "{:?}", world.screen());
}

// X8
#[test]
fn a_co_host_keeps_the_call() {
    let mut world = World::new();
    world.call();
    world.host(1, Command::Join { receives: vec![Codec::Vp8], take_over: false }).expect("it is carried out");
    assert_eq!(world.links.len(), 2);
    world.host(0, Command::Leave).expect("it is carried out");
    assert!(matches!(world.screen(), Screen::Call { others, .. } if others.len() == 1));
    world.host(1, Command::Leave).expect("it is carried out");
    assert!(matches!(world.screen(), Screen::Ended { .. }));
}

// N2
#[test]
fn a_reloaded_page_gets_a_new_connection() {
    let mut world = World::new();
    world.call();
    let before = world.links.clone();
    world.reload(0);
    assert_eq!(world.links.len(), 1);
    assert!(world.links.is_disjoint(&before));
}

// N2
#[test]
fn a_failed_connection_is_built_anew_under_the_next_attempt() {
    let mut world = World::new();
    world.call();
    let link = *world.links.first().expect("one connection");
    world.handle(Input::Media(MediaInput::Failed(link)));
    world.pass(Duration::from_secs(1));
    assert_eq!(world.links.first().map(|link| link.attempt), Some(2));
}

// X5
#[test]
fn leaving_asks_first_and_silence_means_staying() {
    let mut world = World::new();
    world.call();
    world.touch(Touch::Leave);
    assert!(world.booth.view().dialog.is_some());
    world.pass(Duration::from_secs(21));
    assert!(world.booth.view().dialog.is_none());
    assert!(matches!(world.screen(), Screen::Call { .. }));
    world.touch(Touch::Leave);
    world.touch(Touch::ConfirmLeave);
    assert!(matches!(world.screen(), Screen::Ended { .. }));
    assert!(world.room.is_over());
}

// L4
#[test]
fn speaking_while_muted_is_noticed_once() {
    let mut world = World::new();
    world.call();
    world.touch(Touch::Microphone);
    for _ in 0..15 {
        world.handle(Input::Media(MediaInput::Heard { level: 0.5, voice: 0.9 }));
    }
    assert!(world.booth.view().alert.is_some());
    world.pass(Duration::from_secs(7));
    assert!(world.booth.view().alert.is_none());
}

// E9
#[test]
fn an_abandoned_walk_goes_back_and_forgets_the_language() {
    let mut world = World::new();
    world.touch(Touch::Language(Locale::Ko));
    world.walk_to_ready();
    world.pass(Duration::from_secs(91));
    assert_eq!(world.screen(), Screen::Welcome);
    assert_eq!(world.booth.view().locale, Locale::Ja);
}

#[test]
fn an_empty_booth_without_the_service_says_so_and_comes_back() {
    let mut world = World::new();
    world.disconnect();
    world.pass(Duration::from_secs(11));
    assert!(matches!(world.screen(), Screen::OutOfOrder { fault: "E-NET-01" }));
    world.connect();
    assert_eq!(world.screen(), Screen::Welcome);
}

// P2
#[test]
fn an_empty_booth_that_the_service_will_not_have_says_so_at_once() {
    for (link, number) in [(LinkFault::Unauthorized, "E-KEY-01"), (LinkFault::EnrolRefused, "E-ENR-02")] {
        let mut world = World::new();
        world.handle(Input::LinkDown(link));
        assert_eq!(world.screen(), Screen::OutOfOrder { fault: number });
    }
    let mut world = World::new();
    world.handle(Input::LinkDown(LinkFault::NotEnrolled));
    assert_eq!(world.screen(), Screen::Welcome, "a first start enrols within seconds");
}
