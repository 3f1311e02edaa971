//! The panel (P6): presses, presence, sleep, and what its lights say.

mod world;

use engawa_protocol::*;
use engawa_session::booth::{Asker, Input};
use engawa_session::control::{Answer, Ask};
use engawa_session::panel::{LONG_PRESS, Outputs, PanelInput};
use engawa_session::view::{Alert, Lamp, Screen, Staff, Touch};
use std::time::Duration;
use world::*;

const SECOND: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(10 * 60);

fn sees(world: &mut World, here: bool) {
    world.handle(Input::Panel(PanelInput::Presence(here)));
}

/// Holds the button down for so long, by the kernel's clock and by the loop's.
fn press(world: &mut World, held: Duration) {
    world.handle(Input::Panel(PanelInput::Button { pressed: true, at: world.now }));
    world.pass(held);
    world.handle(Input::Panel(PanelInput::Button { pressed: false, at: world.now }));
}

fn outputs(world: &World) -> Outputs {
    world.booth.view().outputs()
}

// P6, L15
#[test]
fn a_short_press_calls_and_takes_back_and_a_long_one_only_calls() {
    // How long each press is, and whether a call stands after it.
    let table = [(20, true), (2_999, false), (3_000, true), (4_000, true), (60_000, true), (500, false)];
    let mut world = World::new();
    for (millis, stands) in table {
        press(&mut world, Duration::from_millis(millis));
        let staff = if stands { Staff::Called } else { Staff::Free };
        assert_eq!(world.booth.view().staff, staff, "after {millis} ms");
        assert_eq!(outputs(&world).button_lamp, stands, "after {millis} ms");
        assert_eq!(outputs(&world).lamp == Lamp::Help, stands, "after {millis} ms");
    }
    assert_eq!(world.called, [true, false, true, false]);
}

// P6
#[test]
fn a_long_press_is_answered_while_the_button_is_still_down_and_once() {
    let mut world = World::new();
    world.handle(Input::Panel(PanelInput::Button { pressed: true, at: world.now }));
    world.pass(LONG_PRESS - SECOND);
    assert!(world.called.is_empty());
    world.pass(SECOND);
    assert_eq!(world.called, [true]);
    world.pass(LONG);
    world.handle(Input::Panel(PanelInput::Button { pressed: false, at: world.now }));
    assert_eq!(world.called, [true], "a button that sticks calls once");
}

// P6
#[test]
fn a_busy_loop_makes_no_short_press_long_and_a_lost_panel_no_press_at_all() {
    let mut world = World::new();
    press(&mut world, SECOND);
    let pressed = world.now;
    world.now += LONG;
    world.booth.handle(Input::Panel(PanelInput::Button { pressed: true, at: pressed }), pressed);
    world.handle(Input::Panel(PanelInput::Button { pressed: false, at: pressed + SECOND }));
    assert_eq!(world.called, [true, false], "the kernel knows when it was let go");
    world.handle(Input::Panel(PanelInput::Button { pressed: true, at: world.now }));
    world.handle(Input::Panel(PanelInput::Failed));
    world.pass(LONG);
    world.handle(Input::Panel(PanelInput::Button { pressed: false, at: world.now }));
    assert_eq!(world.called, [true, false], "nobody is known to have held it");
}

// P6
#[test]
fn a_booth_sleeps_when_nobody_is_seen_and_wakes_by_sensor_touch_and_button() {
    let mut world = World::new();
    world.pass(LONG);
    assert!(world.booth.view().awake, "without a sensor it never sleeps");
    sees(&mut world, false);
    world.pass(config().sleep - SECOND);
    assert!(world.booth.view().awake);
    world.pass(SECOND);
    assert!(!world.booth.view().awake);
    assert_eq!((outputs(&world).lamp, outputs(&world).ring), (Lamp::Free, 0), "the lamp stays");
    sees(&mut world, true);
    assert!(world.booth.view().awake);
    assert!(outputs(&world).ring > 0, "it greets");
    world.pass(LONG);
    assert!(world.booth.view().awake, "somebody is there");

    sees(&mut world, false);
    world.pass(LONG);
    world.touch(Touch::Start);
    assert_eq!((world.screen(), world.booth.view().awake), (Screen::Welcome, true), "a touch in the dark only wakes");
    world.touch(Touch::Start);
    assert!(matches!(world.screen(), Screen::Companies { .. }));
    world.pass(LONG);
    assert!(!world.booth.view().awake);
    press(&mut world, SECOND);
    world.pass(LONG);
    assert!(world.booth.view().awake, "who called shall find the screen lit");
    press(&mut world, SECOND);
    world.pass(LONG);
    assert!(!world.booth.view().awake);
    world.handle(Input::Panel(PanelInput::Failed));
    assert!(world.booth.view().awake, "a sensor that is gone has seen nobody leave");
}

// P6
#[test]
fn an_abandoned_page_goes_back_sooner_and_an_interview_is_never_judged_by_the_sensor() {
    let mut world = World::new();
    sees(&mut world, true);
    world.walk_to_ready();
    sees(&mut world, false);
    world.pass(config().away - SECOND);
    assert!(matches!(world.screen(), Screen::Ready { .. }), "{:?}", world.screen());
    world.pass(SECOND);
    assert_eq!(world.screen(), Screen::Welcome);

    sees(&mut world, true);
    world.walk_to_ready();
    world.pass(config().idle);
    assert_eq!(world.screen(), Screen::Welcome, "who passes by does not keep a name on the screen");

    sees(&mut world, true);
    world.call();
    sees(&mut world, false);
    world.pass(LONG);
    assert!(matches!(world.screen(), Screen::Call { .. }), "{:?}", world.screen());
    assert!(world.booth.view().awake);
}

// P6, L12
#[test]
fn the_indicator_is_lit_exactly_while_the_camera_may_be_seen() {
    let mut world = World::new();
    let mut step = |what: &str, seen: bool, act: &mut dyn FnMut(&mut World)| {
        act(&mut world);
        assert_eq!(outputs(&world).shutter_indicator, seen, "{what}: {:?}", world.screen());
    };
    step("nobody is there", false, &mut |_| {});
    step("one's own picture", false, &mut |world| world.walk_to_ready());
    step("the knock has a picture", true, &mut |world| world.touch(Touch::Ask));
    step("it is taken back", false, &mut |world| world.touch(Touch::Cancel));
    step("let in", true, &mut |world| {
        world.touch(Touch::Ask);
        world.host(0, Command::Join { receives: vec![Codec::H264], take_over: false }).expect("a seat is free");
        world.host(0, Command::Admit).expect("a knock stands");
    });
    step("camera off", false, &mut |world| world.touch(Touch::Camera));
    step("camera on", true, &mut |world| world.touch(Touch::Camera));
    step("on hold", false, &mut |world| world.host(0, Command::Hold { on: true }).expect("in a call"));
    step("resumed", true, &mut |world| world.host(0, Command::Hold { on: false }).expect("on hold"));
    step("a closed shutter may be a broken switch", true, &mut |world| {
        world.handle(Input::Panel(PanelInput::Shutter(true)));
    });
    step("the line is lost, the picture may still go", true, &mut |world| world.disconnect());
    step("the end", false, &mut |world| {
        world.connect();
        world.host(0, Command::End).expect("in a call");
    });
}

// P6
#[test]
fn a_closed_shutter_is_told_while_the_camera_is_wanted() {
    let mut world = World::new();
    world.handle(Input::Panel(PanelInput::Shutter(true)));
    assert_eq!(world.booth.view().alert, None, "nobody wants a picture");
    world.walk_to_ready();
    assert_eq!(world.booth.view().alert, Some(Alert::ShutterClosed));
    world.touch(Touch::Camera);
    assert_eq!(world.booth.view().alert, None);
    world.touch(Touch::Camera);
    world.handle(Input::Panel(PanelInput::Shutter(false)));
    assert_eq!(world.booth.view().alert, None);
}

// P6
#[test]
fn the_ring_is_bright_for_the_camera_and_dim_for_a_person() {
    let mut world = World::new();
    assert_eq!(outputs(&world).ring, 0);
    world.touch(Touch::Start);
    let dim = outputs(&world).ring;
    world.call();
    let lit = outputs(&world).ring;
    assert!(0 < dim && dim < lit && lit <= 100, "{dim}, {lit}");
    world.touch(Touch::Camera);
    assert_eq!(outputs(&world).ring, dim);
}

// P3, P6
#[test]
fn nobody_who_sits_there_or_waits_for_the_staff_is_shut_out_by_an_update() {
    let closes = |world: &mut World| {
        world.handle(Input::Asked { by: Asker(1), ask: Ask::Close });
        let answer = world.answers.pop().map(|(_, answer)| answer);
        world.handle(Input::AskerGone(Asker(1)));
        answer == Some(Answer::Closed)
    };
    let mut world = World::new();
    assert!(closes(&mut world));
    sees(&mut world, true);
    assert!(!closes(&mut world), "somebody sits down");
    world.pass(LONG);
    sees(&mut world, true);
    assert!(!closes(&mut world), "and thinks");
    world.pass(LONG);
    assert!(closes(&mut world), "a sensor that sticks");
    sees(&mut world, false);
    press(&mut world, SECOND);
    world.pass(SECOND * 10);
    assert!(!closes(&mut world), "who called waits");
    world.pass(LONG * 2);
    assert!(closes(&mut world), "a call that nobody ended");
}
