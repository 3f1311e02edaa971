//! When the booth looks at itself, and what follows for candidates, programs beside it and the service.

mod world;

use engawa_protocol::{BoothId, Device, Reentry, Refusal};
use engawa_session::booth::{Asker, Booth, Config, Input, MediaInput, Source};
use engawa_session::control::{Answer, Ask};
use engawa_session::health::Part;
use engawa_session::outbox::KeepFault;
use engawa_session::view::{DISK_FULL, Screen, Touch};
use std::time::Duration;
use world::{World, all_but, all_good, config, ids};

const CHECK: Asker = Asker(1);
const UPDATE: Asker = Asker(2);
const MINUTE: Duration = Duration::from_secs(60);

fn ask(world: &mut World, by: Asker, ask: Ask) -> Option<Answer> {
    world.answers.clear();
    world.handle(Input::Asked { by, ask });
    world.answers.pop().map(|(to, answer)| {
        assert_eq!(to, by, "told to another one");
        answer
    })
}

fn healthy(answer: Option<Answer>) -> bool {
    matches!(answer, Some(Answer::Report { healthy: true, .. }))
}

fn out(world: &World) -> Option<&'static str> {
    if let Screen::OutOfOrder { fault } = world.screen() { Some(fault) } else { None }
}

// S4
#[test]
fn nobody_in_the_booth_is_ever_disturbed() {
    type Walk = fn(&mut World);
    let walks: [(&str, bool, Walk); 12] = [
        ("welcome", true, |_| {}),
        ("welcome, without a line", true, |world| world.disconnect()),
        ("out of order", true, |world| world.handle(Input::DiskFailed(KeepFault::Full))),
        ("welcome in another language", false, |world| world.touch(Touch::Language(engawa_protocol::Locale::Ko))),
        ("companies", false, |world| world.touch(Touch::Start)),
        ("number", false, |world| world.touch(Touch::Number)),
        ("name", false, |world| {
            world.touch(Touch::Start);
            world.touch(Touch::Company(world::company()));
        }),
        ("ready", false, World::walk_to_ready),
        ("waiting", false, |world| {
            world.walk_to_ready();
            world.touch(Touch::Ask);
        }),
        ("call", false, World::call),
        ("ended", false, |world| {
            world.call();
            world.touch(Touch::Leave);
            world.touch(Touch::ConfirmLeave);
        }),
        ("ended, and may return", false, |world| {
            world.booked_call(engawa_protocol::Booking { reentry: Reentry::Always, ..world.booking(0) });
            world.touch(Touch::Leave);
            world.touch(Touch::ConfirmLeave);
        }),
    ];
    for (page, empty, walk) in walks {
        let mut world = World::new();
        walk(&mut world);
        let (before, shown) = (world.check.0, world.screen());
        let answer = ask(&mut world, CHECK, Ask::Check);
        assert_eq!(answer != Some(Answer::Busy), empty, "{page}: {answer:?}");
        assert_eq!(world.check.0 > before, empty, "{page}: a check");
        let answer = ask(&mut world, UPDATE, Ask::Close);
        assert_eq!(answer == Some(Answer::Closed), empty, "{page}: {answer:?}");
        assert_eq!(world.screen() == shown, !empty, "{page}: the page");
        if !empty {
            assert_eq!(out(&world), None, "{page}");
        }
    }
}

// S4
#[test]
fn a_touch_ends_the_check_and_the_candidate_goes_on() {
    let mut world = World::new();
    world.checks = None;
    assert_eq!(ask(&mut world, CHECK, Ask::Check), None, "it takes its time");
    assert!(world.check.1);
    let given_up = world.check.0;
    world.touch(Touch::Start);
    assert!(matches!(world.screen(), Screen::Companies { .. }));
    assert!(!world.check.1, "it goes on");
    assert_eq!(world.answers, [(CHECK, Answer::Busy)]);
    world.handle(Input::Checked { n: given_up, checks: all_but(Part::Camera) });
    world.touch(Touch::Back);
    assert_eq!(out(&world), None, "what was given up says nothing");
    world.checks = Some(all_good());
    world.pass(MINUTE * 2);
    assert!(world.check.0 > given_up, "it is made up for");
    assert!(healthy(ask(&mut world, CHECK, Ask::Report)));
}

// S4
#[test]
fn an_empty_booth_looks_at_itself_now_and_then_and_more_often_while_something_is_wrong() {
    let mut world = World::new();
    assert_eq!(ask(&mut world, CHECK, Ask::Report), Some(Answer::Report { report: None, healthy: false }));
    world.pass(Duration::from_secs(3));
    assert_eq!(world.check.0, 1, "soon after the welcome");
    world.pass(MINUTE * 61);
    assert_eq!(world.check.0, 5, "every quarter of an hour");
    world.checks = Some(all_but(Part::Camera));
    assert!(!healthy(ask(&mut world, CHECK, Ask::Check)));
    world.pass(MINUTE * 5);
    assert_eq!(world.check.0, 11, "every minute");
    world.checks = Some(all_but(Part::Panel));
    world.pass(MINUTE);
    assert_eq!(world.check.0, 12);
    world.pass(MINUTE * 10);
    assert_eq!(world.check.0, 12, "a lamp is mended by a hand");
    world.checks = Some(all_but(Part::Camera));
    ask(&mut world, CHECK, Ask::Check);
    assert_eq!(out(&world), Some("E-CAM-01"));
    world.checks = Some(all_good());
    world.pass(MINUTE);
    assert_eq!(world.screen(), Screen::Welcome, "it heals by itself");
    assert!(healthy(ask(&mut world, CHECK, Ask::Report)));
}

#[test]
fn without_a_line_the_first_check_still_comes() {
    let mut world = World::new();
    world.restart_booth();
    world.pass(Duration::from_secs(11));
    assert_eq!(world.check.0, 1);
    let Some(Answer::Report { report: Some(report), healthy: false }) = ask(&mut world, CHECK, Ask::Report) else {
        panic!("no report")
    };
    assert_eq!(report.faults().collect::<Vec<_>>(), [Part::Service]);
    world.connect();
    assert!(healthy(ask(&mut world, CHECK, Ask::Report)), "the line is known at every moment");
}

#[test]
fn a_booth_that_is_told_not_to_look_looks_only_when_asked() {
    let mut world = World::new();
    let config = Config { check_every: None, ..config() };
    world.booth = Booth::new(config, None, ids(9), world.now);
    world.handle(Input::LinkUp);
    world.pass(MINUTE * 60);
    assert_eq!(world.check.0, 0);
    assert!(healthy(ask(&mut world, CHECK, Ask::Check)));
    world.pass(MINUTE * 60);
    assert_eq!(world.check.0, 1);
}

// S4
#[test]
fn only_what_an_interview_needs_closes_the_booth() {
    let numbers = [
        (Part::Screen, None),
        (Part::Camera, Some("E-CAM-01")),
        (Part::Microphone, Some("E-MIC-01")),
        (Part::Speaker, Some("E-SPK-01")),
        (Part::Call, Some("E-RTC-01")),
        (Part::Panel, None),
    ];
    for (part, number) in numbers {
        let mut world = World::new();
        world.checks = Some(all_but(part));
        assert_eq!(healthy(ask(&mut world, CHECK, Ask::Check)), part == Part::Panel, "{part:?}");
        assert_eq!(out(&world), number, "{part:?}");
        world.touch(Touch::Start);
        assert_eq!(out(&world), number, "{part:?}");
    }
}

#[test]
fn a_disk_that_is_open_but_takes_nothing_is_no_healthy_one() {
    let mut world = World::new();
    world.checks = Some(all_but(Part::Disk));
    let Some(Answer::Report { report: Some(report), healthy: false }) = ask(&mut world, CHECK, Ask::Check) else {
        panic!("it passed")
    };
    assert_eq!(report.faults().collect::<Vec<_>>(), [Part::Disk]);
    assert_eq!(report.checks.iter().filter(|check| check.part == Part::Disk).count(), 1);
}

#[test]
fn the_disk_and_the_line_have_their_own_numbers() {
    let mut world = World::new();
    world.checks = Some(all_but(Part::Camera));
    ask(&mut world, CHECK, Ask::Check);
    world.handle(Input::DiskFailed(KeepFault::Full));
    assert_eq!(out(&world), Some(DISK_FULL));
    world.handle(Input::DiskBack(None));
    assert_eq!(out(&world), Some("E-CAM-01"));
    world.disconnect();
    world.checks = Some(all_good());
    world.pass(MINUTE * 2);
    assert_eq!(out(&world), Some("E-NET-01"));
}

#[test]
fn what_broke_in_an_interview_is_looked_at_after_it() {
    let mut world = World::new();
    world.pass(Duration::from_secs(3));
    world.call();
    world.handle(Input::Media(MediaInput::SourceLost(Source::Camera)));
    world.checks = Some(all_but(Part::Camera));
    world.touch(Touch::Leave);
    world.touch(Touch::ConfirmLeave);
    world.touch(Touch::Finish);
    world.pass(Duration::from_secs(10));
    assert_eq!(out(&world), Some("E-CAM-01"));

    let mut world = World::new();
    world.walk_to_ready();
    world.checks = None;
    world.handle(Input::Media(MediaInput::Broken));
    assert_eq!(out(&world), Some("E-CAM-01"), "media that cannot be opened");
    assert!(world.check.1, "looked at at once");
    world.checked(all_good());
    assert_eq!(world.screen(), Screen::Welcome);
}

#[test]
fn a_check_that_hangs_is_given_up_and_fails() {
    let mut world = World::new();
    world.checks = None;
    ask(&mut world, CHECK, Ask::Check);
    world.pass(MINUTE);
    assert!(matches!(&world.answers[..], [(CHECK, Answer::Report { healthy: false, .. })]), "{:?}", world.answers);
    assert_eq!(out(&world), Some("E-CAM-01"));
}

#[test]
fn who_asks_while_a_check_runs_is_told_of_the_same() {
    let mut world = World::new();
    world.checks = None;
    ask(&mut world, CHECK, Ask::Check);
    assert_eq!(ask(&mut world, Asker(7), Ask::Check), None);
    assert_eq!(ask(&mut world, Asker(8), Ask::Check), None);
    world.handle(Input::AskerGone(Asker(8)));
    assert_eq!(world.check.0, 1);
    world.checked(all_good());
    let told: Vec<_> = world.answers.iter().map(|(to, _)| *to).collect();
    assert_eq!(told, [CHECK, Asker(7)], "who is gone is told nothing");
}

// P3
#[test]
fn a_closed_booth_says_so_until_whoever_closed_it_is_gone() {
    let mut world = World::new();
    assert_eq!(ask(&mut world, UPDATE, Ask::Close), Some(Answer::Closed));
    assert_eq!(ask(&mut world, CHECK, Ask::Close), Some(Answer::Closed));
    assert_eq!(out(&world), Some("E-UPD-01"));
    world.touch(Touch::Start);
    world.touch(Touch::Number);
    world.pass(MINUTE * 5);
    assert_eq!(out(&world), Some("E-UPD-01"));
    assert_eq!(world.check.0, 0, "no check by itself while others work on the booth");
    world.handle(Input::AskerGone(CHECK));
    assert_eq!(out(&world), Some("E-UPD-01"), "the other one still works on it");
    world.handle(Input::AskerGone(UPDATE));
    assert_eq!(world.screen(), Screen::Welcome);
    world.call();
    assert!(matches!(world.screen(), Screen::Call { .. }));
}

// P3
#[test]
fn an_update_that_hangs_does_not_keep_the_booth_closed() {
    let mut world = World::new();
    ask(&mut world, UPDATE, Ask::Close);
    world.pass(MINUTE * 59);
    assert_eq!(out(&world), Some("E-UPD-01"));
    world.pass(MINUTE * 2);
    assert_eq!(world.screen(), Screen::Welcome);
}

// P3
#[test]
fn the_service_is_told_of_the_machine_after_each_welcome_and_when_it_changes() {
    let mut world = World::new();
    assert_eq!(world.devices, [Device::default()], "before the first check nothing is known of faults");
    let device = Device { version: "0.1.0".into(), slot: Some("B".into()), ..Device::default() };
    world.handle(Input::Device(device.clone()));
    world.handle(Input::Device(device.clone()));
    world.pass(Duration::from_secs(3));
    world.checks = Some(all_but(Part::Microphone));
    ask(&mut world, CHECK, Ask::Check);
    ask(&mut world, CHECK, Ask::Check);
    let with =
        |faults: &[&str]| Device { faults: Some(faults.iter().map(|f| (*f).into()).collect()), ..device.clone() };
    assert_eq!(world.devices[1..], [device.clone(), with(&[]), with(&["microphone"])]);
    world.disconnect();
    world.handle(Input::Device(Device { slot: Some("A".into()), ..device.clone() }));
    world.connect();
    let last = Device { slot: Some("A".into()), ..with(&["microphone"]) };
    assert_eq!(world.devices[4..], [last]);
}

#[test]
fn an_interview_that_moved_to_another_booth_leaves_this_one_free_to_look() {
    let mut world = World::new();
    world.booked_call(world.booking(0));
    let other: BoothId = "b-02".parse().expect("an id");
    let moved: Result<bool, Refusal> = world.guest_comes(&other, true);
    assert!(moved.is_ok());
    world.effects();
    world.pass(MINUTE * 3);
    assert!(world.check.0 > 0 && world.screen() == Screen::Welcome);
}
