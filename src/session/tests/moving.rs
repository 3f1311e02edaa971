//! A booked guest who comes to a second booth while the first one is still there.

mod table;

use engawa_protocol::*;
use engawa_session::room::Sender;
use table::*;

// E8, T8
#[test]
fn a_guest_who_is_connected_goes_on_at_another_booth_after_confirming_and_only_there() {
    let mut table = Table::booked_call(booking());
    let there = elsewhere();
    assert_eq!(table.moves(&there, false), Err(Refusal::AlreadyHere));
    assert_eq!(table.says(&there, 101, join()), Err(Refusal::NotAllowed));
    assert_eq!(table.moves(&there, true), Ok(vec![Event::GuestMoved]));
    assert_eq!(table.hears(), [], "nobody hears the booth that was left");
    assert_eq!(table.room.moved_from(&guest()), Some(table.room.last()));
    for command in [join(), knock(), Command::Leave, Command::RaiseHand { up: true }] {
        assert_eq!(table.says(&guest(), 100, command), Err(Refusal::NotAllowed));
    }
    let joined = table.says(&there, 101, join()).expect("the call goes on");
    let back = Some(LeaveCause::TakenOver);
    assert!(
        matches!(&joined[..], [Event::Joined { seat: Seat::GUEST, returns, .. }] if *returns == back),
        "{joined:?}"
    );
    assert_eq!(table.hears().len(), 2);
    // What the first booth's queue still holds is not lost, and the guest is the same at both.
    let late = table.says(&guest(), 100, say("まだ届いていない")).expect("taken");
    assert_eq!(late, [Event::Said { text: "まだ届いていない".into(), late: true }]);
    let post = table.room.last();
    assert_eq!(table.says(&there, 101, Command::DeletePost { post }), Ok(vec![Event::PostDeleted { post }]));
    assert_eq!(table.moves(&guest(), true), Ok(vec![Event::GuestMoved]));
    assert!(table.says(&guest(), 102, join()).is_ok(), "and back again");
    assert_eq!(table.room.moved_from(&guest()), None);
    assert!(table.room.moved_from(&there).is_some());
}

// E8, X6
#[test]
fn whose_line_is_lost_moves_without_confirming_and_who_does_not_arrive_is_waited_for_as_long() {
    let mut table = Table::booked_call(booking());
    table.line(&guest(), 100, false);
    assert_eq!(table.moves(&elsewhere(), false), Ok(vec![Event::GuestMoved]));
    assert_eq!(table.pass(5 * MINUTE - 1), []);
    assert_eq!(table.pass(1), [Event::Ended { cause: EndCause::GuestLost }]);
    assert_eq!(table.moves(&guest(), true), Err(Refusal::Over));
}

// E8, W11
#[test]
fn a_knock_moves_with_its_guest_and_is_taken_back_when_nobody_comes() {
    let mut table = Table::new();
    table.says(&staff(), 90, Command::Book { booking: booking() }).expect("booked");
    assert_eq!(table.moves(&guest(), false), Ok(vec![]), "nobody is there yet");
    table.says(&guest(), 100, knock()).expect("knocked");
    assert_eq!(table.moves(&elsewhere(), false), Err(Refusal::AlreadyHere));
    table.says(&guest(), 100, join()).expect("seated");
    assert_eq!(table.moves(&elsewhere(), true), Ok(vec![Event::GuestMoved]));
    assert_eq!(table.room.progress(), Progress::Knocking);
    assert!(table.pass(MINUTE).contains(&Event::KnockCancelled));
    assert!(!table.room.is_over());
    let third = Sender::Guest { booth: id("c-03") };
    assert_eq!(table.moves(&third, false), Ok(vec![]));
    assert!(table.says(&third, 103, knock()).is_ok());
}

// E4, E8
#[test]
fn a_booking_for_one_booth_opens_at_no_other() {
    let mut table = Table::booked_call(Booking { booth: Some(id("a-01")), ..booking() });
    assert_eq!(table.moves(&elsewhere(), true), Err(Refusal::NotAllowed));
    assert_eq!(table.moves(&guest(), true), Ok(vec![]));
    let mut walk_up = Table::call();
    assert_eq!(walk_up.moves(&elsewhere(), true), Err(Refusal::NotAllowed));
    let mut late = Table::booked_call(booking());
    late.around.now = Millis(NOON + 30 * MINUTE);
    assert_eq!(late.moves(&elsewhere(), true), Err(Refusal::TooLate));
}
