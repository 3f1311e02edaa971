//! Where a booth needs somebody: calling the staff, a door that asks for a number, a disk that fails.

mod world;

use engawa_protocol::*;
use engawa_session::booth::{Booth, Input};
use engawa_session::outbox::KeepFault;
use engawa_session::view::{DISK_BROKEN, DISK_FULL, Lamp, Screen, Staff, Touch};
use std::time::Duration;
use world::*;

const LONG: Duration = Duration::from_secs(10 * 60);

// L15, E7
#[test]
fn a_call_for_the_staff_stands_until_it_is_taken_back_or_they_are_done() {
    let mut world = World::new();
    world.touch(Touch::Start);
    world.touch(Touch::CallStaff);
    assert_eq!((world.booth.view().staff, world.booth.view().lamp), (Staff::Called, Lamp::Help));
    world.pass(LONG);
    assert_eq!((world.screen(), world.booth.view().staff), (Screen::Welcome, Staff::Called), "nobody came yet");
    world.disconnect();
    assert_eq!(world.booth.view().staff, Staff::Away);
    world.connect();
    assert_eq!(world.called, [true, true], "the service has forgotten it with the line");
    let coming = ServiceMessage::StaffCall { called: true, attended_by: Some("西村 誠".into()) };
    world.handle(Input::Received(coming));
    assert_eq!(world.booth.view().staff, Staff::Coming { by: "西村 誠".into() });
    world.handle(Input::Received(ServiceMessage::StaffCall { called: false, attended_by: None }));
    assert_eq!((world.booth.view().staff, world.booth.view().lamp), (Staff::Free, Lamp::Free));
    world.touch(Touch::CallStaff);
    world.touch(Touch::CallStaff);
    assert_eq!(world.called, [true, true, true, false]);
    assert_eq!(world.booth.view().staff, Staff::Free);
    world.disconnect();
    world.touch(Touch::CallStaff);
    world.connect();
    assert_eq!(world.called.len(), 5, "what was touched without a line is told with it");
}

// E2, policies
#[test]
fn a_company_that_sees_booked_people_only_asks_for_the_number() {
    let mut world = World::new();
    world.around.walk_up = false;
    world.crash_booth();
    world.touch(Touch::Start);
    world.touch(Touch::Company(company()));
    let asks = |screen| matches!(screen, Screen::Number { company, .. } if company == "みなと");
    assert!(asks(world.screen()), "{:?}", world.screen());
    world.touch(Touch::Digit(9));
    (0..3).for_each(|_| world.touch(Touch::Digit(9)));
    assert!(asks(world.screen()), "a wrong number does not lead away from the company");
    world.touch(Touch::Back);
    assert!(matches!(world.screen(), Screen::Companies { .. }), "{:?}", world.screen());
    world.touch(Touch::Number);
    assert!(matches!(world.screen(), Screen::Number { company, .. } if company.is_empty()));
    world.touch(Touch::Back);
    assert!(matches!(world.screen(), Screen::Companies { .. }));
    world.touch(Touch::Back);
    world.touch(Touch::Number);
    world.touch(Touch::Back);
    assert_eq!(world.screen(), Screen::Welcome, "one goes back to where one came from");
}

// P7
#[test]
fn a_disk_that_does_not_open_keeps_the_booth_closed_until_it_does() {
    let mut world = World::new();
    world.handle(Input::DiskFailed(KeepFault::Full));
    assert_eq!(world.screen(), Screen::OutOfOrder { fault: DISK_FULL });
    world.touch(Touch::Start);
    world.touch(Touch::Number);
    world.pass(LONG);
    assert_eq!(world.screen(), Screen::OutOfOrder { fault: DISK_FULL }, "the line alone does not help");
    assert!(world.booth.poll_timeout().is_none_or(|at| at > world.now), "it would look for ever at once");
    world.touch(Touch::CallStaff);
    assert_eq!(world.booth.view().staff, Staff::Called);
    world.handle(Input::DiskFailed(KeepFault::Broken));
    assert_eq!(world.screen(), Screen::OutOfOrder { fault: DISK_BROKEN });
    world.handle(Input::DiskBack(None));
    assert_eq!(world.screen(), Screen::Welcome);
    world.call();
    assert!(matches!(world.screen(), Screen::Call { .. }));
}

// P7, X6
#[test]
fn a_disk_that_comes_back_brings_the_interview_back() {
    let mut world = World::new();
    world.call();
    world.restart_booth();
    world.booth = Booth::new(config(), None, ids(world.ids), world.now);
    world.handle(Input::DiskFailed(KeepFault::Broken));
    world.connect();
    assert_eq!(world.screen(), Screen::OutOfOrder { fault: DISK_BROKEN });
    let saved = world.saved.clone();
    assert!(saved.is_some());
    world.handle(Input::DiskBack(saved));
    world.deliver();
    assert!(matches!(world.screen(), Screen::Call { .. }), "{:?}", world.screen());
    world.check();
}
