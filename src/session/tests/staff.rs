//! The staff at the booth: a hidden way to a PIN, and behind it what was found and what can be done.

mod world;

use engawa_protocol::{Device, Fallback};
use engawa_session::booth::{Booth, Config, Input, PIN_DIGITS, Pin};
use engawa_session::health::{Finding, Part};
use engawa_session::outbox::KeepFault;
use engawa_session::view::{DISK_BROKEN, Lamp, PinRefused, Screen, StaffMenu, Touch, Uplink};
use std::time::Duration;
use world::*;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn hold(world: &mut World, time: Duration) {
    world.touch(Touch::StaffHold(true));
    world.pass(time);
    world.touch(Touch::StaffHold(false));
}

fn enter(world: &mut World, pin: &str) {
    pin.bytes().for_each(|digit| world.touch(Touch::Digit(digit - b'0')));
}

fn open(world: &mut World) {
    hold(world, seconds(5));
    enter(world, PIN);
}

fn menu(world: &World) -> StaffMenu {
    match world.screen() {
        Screen::StaffMenu(menu) => *menu,
        other => panic!("the menu is not open: {other:?}"),
    }
}

fn refused(world: &World) -> Option<PinRefused> {
    match world.screen() {
        Screen::StaffPin { refused, .. } => refused,
        other => panic!("the PIN is not asked for: {other:?}"),
    }
}

// P5
#[test]
fn the_menu_opens_by_holding_the_name_and_the_right_pin() {
    let mut world = World::new();
    hold(&mut world, seconds(4));
    assert_eq!(world.screen(), Screen::Welcome, "a short touch is no hold");
    world.pass(seconds(10));
    assert_eq!(world.screen(), Screen::Welcome, "the finger was gone");
    hold(&mut world, seconds(5));
    assert_eq!(world.screen(), Screen::StaffPin { typed: 0, refused: None });
    enter(&mut world, &PIN[..5]);
    world.touch(Touch::EraseDigit);
    assert_eq!(world.screen(), Screen::StaffPin { typed: 4, refused: None });
    enter(&mut world, &PIN[4..]);
    assert_eq!(menu(&world).tiles.len(), Part::ALL.len());
    assert_eq!(world.booth.view().lamp, Lamp::Taken, "nobody sits down at it now");
    world.touch(Touch::Back);
    assert_eq!(world.screen(), Screen::Welcome);
}

// P5
#[test]
fn a_booth_without_a_pin_has_no_menu() {
    let mut world = World::new();
    world.booth = Booth::new(Config { staff_pin: None, ..config() }, None, ids(9), world.now);
    hold(&mut world, seconds(30));
    world.handle(Input::OpenStaffPin);
    assert!(!matches!(world.screen(), Screen::StaffPin { .. }), "{:?}", world.screen());
}

// P5
#[test]
fn nothing_opens_the_menu_over_a_candidate() {
    let mut world = World::new();
    world.touch(Touch::StaffHold(true));
    world.walk_to_ready();
    world.pass(seconds(6));
    hold(&mut world, seconds(6));
    world.handle(Input::OpenStaffPin);
    assert!(matches!(world.screen(), Screen::Ready { .. }), "{:?}", world.screen());
    world.touch(Touch::Ask);
    hold(&mut world, seconds(6));
    assert!(matches!(world.screen(), Screen::Waiting { .. }), "{:?}", world.screen());
}

// P5
#[test]
fn the_panels_button_asks_for_the_pin_too() {
    let mut world = World::new();
    world.handle(Input::OpenStaffPin);
    assert_eq!(world.screen(), Screen::StaffPin { typed: 0, refused: None });
    world.touch(Touch::Back);
    assert_eq!(world.screen(), Screen::Welcome);
}

// P5
#[test]
fn wrong_pins_wait_longer_and_longer_also_over_a_closed_page() {
    let mut world = World::new();
    hold(&mut world, seconds(5));
    for _ in 0..2 {
        enter(&mut world, "000000");
        assert_eq!(refused(&world), Some(PinRefused::Wrong));
    }
    enter(&mut world, "000000");
    assert_eq!(refused(&world), Some(PinRefused::Wait { seconds: 30 }));
    enter(&mut world, PIN);
    assert_eq!(refused(&world), Some(PinRefused::Wait { seconds: 30 }), "not even the right one is heard");
    world.touch(Touch::Back);
    hold(&mut world, seconds(5));
    assert_eq!(refused(&world), Some(PinRefused::Wait { seconds: 25 }), "closing the page does not end the wait");
    world.pass(seconds(25));
    assert_eq!(refused(&world), None);
    enter(&mut world, "000000");
    assert_eq!(refused(&world), Some(PinRefused::Wait { seconds: 60 }));
    world.pass(seconds(59));
    assert_eq!(refused(&world), Some(PinRefused::Wait { seconds: 1 }));
    world.touch(Touch::EraseDigit);
    world.pass(seconds(1));
    enter(&mut world, PIN);
    menu(&world);
    world.touch(Touch::Back);
    hold(&mut world, seconds(5));
    enter(&mut world, "000000");
    assert_eq!(refused(&world), Some(PinRefused::Wrong), "the right one forgives the others");
}

// P5
#[test]
fn the_wait_after_wrong_pins_has_an_end() {
    let mut world = World::new();
    for _ in 0..40 {
        hold(&mut world, seconds(5));
        enter(&mut world, "000000");
        world.pass(seconds(15 * 60));
    }
    open(&mut world);
    menu(&world);
}

// P5
#[test]
fn pages_that_the_staff_leave_close_by_themselves() {
    let mut world = World::new();
    hold(&mut world, seconds(5));
    enter(&mut world, "13");
    world.pass(seconds(59));
    assert_eq!(world.screen(), Screen::StaffPin { typed: 2, refused: None });
    world.pass(seconds(1));
    assert_eq!(world.screen(), Screen::Welcome);
    open(&mut world);
    world.touch(Touch::TestSound);
    world.pass(seconds(59));
    menu(&world);
    world.pass(seconds(1));
    assert_eq!(world.screen(), Screen::Welcome);
}

// P5, S4
#[test]
fn the_menu_shows_what_a_check_found_and_looks_again_when_asked() {
    let mut world = World::new();
    world.checks = None;
    open(&mut world);
    assert!(menu(&world).tiles.iter().all(|tile| tile.finding.is_none()), "nothing was looked at yet");
    let before = world.check.0;
    world.touch(Touch::Check);
    world.touch(Touch::Check);
    assert_eq!(world.check, (before + 1, true), "one at a time");
    world.pass(seconds(40));
    assert!(menu(&world).checking, "a check is waited for");
    world.touch(Touch::TestSound);
    assert_eq!(world.sounds, 0, "the check has the speaker");
    world.checked(all_but(Part::Camera));
    let shown = menu(&world);
    assert!(!shown.checking && !shown.healthy);
    assert_eq!(shown.tiles[1].finding, Some(Finding::Failed { reason: "no frame came".into() }));
    assert_eq!(shown.tiles[2].finding, Some(Finding::Good { figure: String::new() }));
    world.pass(seconds(59));
    menu(&world);
    world.touch(Touch::Check);
    world.checked(all_good());
    assert!(menu(&world).healthy);
    world.touch(Touch::Check);
    world.pass(seconds(45));
    assert!(!menu(&world).checking && !menu(&world).healthy, "one that never ends is a fault");
    world.pass(seconds(60));
    assert_eq!(world.screen(), Screen::OutOfOrder { fault: "E-CAM-01" });
}

// P5, S4
#[test]
fn a_check_stops_when_the_menu_closes_or_the_speaker_is_wanted() {
    let mut world = World::new();
    world.checks = None;
    open(&mut world);
    world.touch(Touch::TestSound);
    world.touch(Touch::Check);
    assert!(!world.media_open && world.check.1, "the speaker is the check's");
    world.touch(Touch::Back);
    assert!(!world.check.1, "somebody may come in now");
    open(&mut world);
    assert!(!menu(&world).checking);
}

// P5, P3, N5
#[test]
fn the_menu_tells_the_version_the_slot_the_last_fallback_and_the_uplink() {
    let mut world = World::new();
    let fallback = Fallback { version: "1.5.0".into(), reason: "camera".into() };
    let device =
        Device { version: "1.4.2".into(), slot: Some("A".into()), faults: None, fallback: Some(fallback.clone()) };
    world.handle(Input::Device(device.clone()));
    open(&mut world);
    assert_eq!((menu(&world).device, menu(&world).uplink), (device, None));
    world.handle(Input::Uplink(Uplink::Wifi));
    assert_eq!(menu(&world).uplink, Some(Uplink::Wifi));
    assert_eq!(menu(&world).device.fallback, Some(fallback));
}

// P5
#[test]
fn the_staff_hear_the_speaker_and_find_the_booth_by_its_lamp() {
    let mut world = World::new();
    open(&mut world);
    world.touch(Touch::TestSound);
    world.touch(Touch::TestSound);
    assert_eq!((world.sounds, world.media_open, menu(&world).sounding), (1, true, true));
    world.pass(seconds(5));
    assert!(!world.media_open && !menu(&world).sounding);
    world.touch(Touch::Identify);
    let lamp = |world: &World| world.booth.view().lamp;
    assert_eq!((lamp(&world), menu(&world).identifying), (Lamp::Help, true));
    for expected in [Lamp::Dark, Lamp::Help, Lamp::Dark] {
        let next = world.booth.poll_timeout().expect("it blinks");
        assert_eq!(next - world.now, Duration::from_millis(500));
        world.pass(next - world.now);
        assert_eq!(lamp(&world), expected);
    }
    world.pass(seconds(14));
    assert_eq!(world.booth.view().lamp, Lamp::Taken);
    world.touch(Touch::TestSound);
    world.touch(Touch::Identify);
    world.touch(Touch::Back);
    assert_eq!((world.screen(), world.media_open, world.booth.view().lamp), (Screen::Welcome, false, Lamp::Free));
}

// P5
#[test]
fn a_restart_is_asked_for_behind_the_pin_only() {
    let mut world = World::new();
    world.checks = None;
    let all = [Touch::Restart, Touch::Check, Touch::Identify];
    let checks = world.check.0;
    all.clone().into_iter().for_each(|touch| world.touch(touch));
    hold(&mut world, seconds(5));
    all.into_iter().for_each(|touch| world.touch(touch));
    assert_eq!((world.restarts, world.check), (0, (checks, false)));
    enter(&mut world, PIN);
    world.touch(Touch::Restart);
    assert_eq!(world.restarts, 1);
}

// P5
#[test]
fn a_booth_out_of_order_opens_its_menu_and_is_out_of_order_after_it() {
    let mut world = World::new();
    world.disconnect();
    world.pass(seconds(11));
    assert_eq!(world.screen(), Screen::OutOfOrder { fault: "E-NET-01" });
    open(&mut world);
    world.handle(Input::DiskFailed(KeepFault::Broken));
    menu(&world);
    world.touch(Touch::Back);
    assert_eq!(world.screen(), Screen::OutOfOrder { fault: DISK_BROKEN });
    open(&mut world);
    world.handle(Input::DiskBack(None));
    menu(&world);
    world.touch(Touch::Back);
    assert_eq!(world.screen(), Screen::OutOfOrder { fault: "E-NET-01" });
    world.connect();
    assert_eq!(world.screen(), Screen::Welcome);
}

// P5
#[test]
fn a_pin_is_six_digits_and_never_shown() {
    assert_eq!(PIN.len(), PIN_DIGITS);
    for bad in ["", "13579", "1357900", "13579a", "１２３４５６", " 35790"] {
        assert!(bad.parse::<Pin>().is_err(), "{bad:?}");
    }
    let shown = format!("{:?}", config());
    assert!(!shown.contains(PIN), "{shown}");
    let mut world = World::new();
    hold(&mut world, seconds(5));
    enter(&mut world, &PIN[..4]);
    let shown = format!("{:?} {:?}", world.booth, world.booth.view());
    assert!(!shown.contains(&PIN[..4]), "{shown}");
}
