//! The same booking at two booths: the second one asks, the first one is told.

mod world;

use engawa_protocol::*;
use engawa_session::room::Sender;
use engawa_session::view::{Dialog, End, Screen, Touch};
use std::time::Duration;
use world::*;

fn elsewhere() -> BoothId {
    "b-02".parse().expect("a valid id")
}

/// A booked call with the guest at another booth; this one stands on the page of numbers.
fn call_elsewhere() -> World {
    let mut world = World::new();
    world.book(world.booking(0));
    assert_eq!(world.guest_comes(&elsewhere(), false), Ok(false));
    let guest = Sender::Guest { booth: elsewhere() };
    let client = ClientId::from_random([0x22; 16]);
    for (n, command) in [
        (1, Command::Knock { company: company(), name: String::new(), locale: Locale::Ja }),
        (2, Command::Join { receives: vec![Codec::H264], take_over: false }),
    ] {
        let id = CommandId { client: client.clone(), n };
        let events = world.room.decide(&guest, &id, &command, &world.around()).expect("the door is open");
        world.append(guest.actor(), Some(id), events);
    }
    world.host(0, Command::Join { receives: vec![Codec::H264], take_over: false }).expect("a seat is free");
    world.host(0, Command::Admit).expect("a knock stands");
    world.enter_number();
    world
}

// E8
#[test]
fn a_second_booth_asks_first_and_goes_on_in_the_call_only_when_told_to() {
    let mut world = call_elsewhere();
    assert_eq!(world.booth.view().dialog, Some(Dialog::TakeOver));
    world.touch(Touch::ConfirmLeave);
    assert_eq!(world.room.booth(), Some(&elsewhere()), "that answers another question");
    world.touch(Touch::Stay);
    assert_eq!(world.booth.view().dialog, None);
    assert!(matches!(world.screen(), Screen::Number { digits, asking: false, .. } if digits.is_empty()));
    world.touch(Touch::TakeOver);
    assert_eq!(world.room.booth(), Some(&elsewhere()), "nothing is asked any more");

    for digit in [0, 4, 2, 7] {
        world.touch(Touch::Digit(digit));
    }
    world.touch(Touch::TakeOver);
    assert!(matches!(world.screen(), Screen::Call { .. }), "{:?}", world.screen());
    assert_eq!(world.room.booth(), Some(&booth()));
    assert_eq!(world.room.person(Seat::GUEST).map(|guest| guest.client.clone()), Some(world.booth_client()));
    assert_eq!(world.links.len(), 1);
    world.crash_booth();
    assert!(matches!(world.screen(), Screen::Call { .. }), "it comes back to the call: {:?}", world.screen());
    world.check();
}

// E8
#[test]
fn a_question_that_nobody_answers_goes_away() {
    let mut world = call_elsewhere();
    world.pass(Duration::from_secs(10 * 60));
    assert_eq!((world.booth.view().dialog, world.screen()), (None, Screen::Welcome));
    assert_eq!(world.room.booth(), Some(&elsewhere()));
}

// E8, X9
#[test]
fn the_first_booth_is_told_and_keeps_nothing() {
    let mut world = World::new();
    world.booked_call(world.booking(0));
    assert!(matches!(world.screen(), Screen::Call { .. }));
    assert_eq!(world.guest_comes(&elsewhere(), true), Ok(true));
    world.effects();
    assert!(matches!(world.screen(), Screen::Ended { end: End::TakenOver, .. }), "{:?}", world.screen());
    assert!(world.saved.is_none() && world.links.is_empty() && !world.media_open);
    assert!(!world.room.is_over(), "the interview goes on elsewhere");
    world.pass(Duration::from_secs(2 * 60));
    assert_eq!(world.screen(), Screen::Welcome);
    world.enter_number();
    world.touch(Touch::TakeOver);
    assert!(matches!(world.screen(), Screen::Call { .. }), "and back: {:?}", world.screen());
    assert_eq!(world.links.len(), 1);
}
