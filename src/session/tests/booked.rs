//! A booked interview: its door, its time, whom a knock rings, who may come back.

mod table;

use engawa_protocol::*;
use engawa_session::room::{Around, Sender};
use table::*;

fn booked() -> Table {
    let mut table = Table::new();
    table.says(&staff(), 90, Command::Book { booking: booking() }).expect("booked");
    table
}

// E7
#[test]
fn the_door_opens_sixty_minutes_before_the_slot_and_closes_with_it() {
    let mut table = booked();
    table.around.now = Millis(NOON - 60 * MINUTE - 1);
    assert_eq!(table.says(&guest(), 100, knock()), Err(Refusal::TooEarly));
    assert_eq!(table.says(&host(1), 1, join()), Err(Refusal::TooEarly));
    table.around.now = Millis(NOON - 60 * MINUTE);
    assert!(table.says(&guest(), 100, knock()).is_ok());
    assert!(table.says(&host(1), 1, join()).is_ok());
    let mut late = booked();
    late.around.now = Millis(NOON + 30 * MINUTE);
    assert_eq!(late.says(&guest(), 100, knock()), Err(Refusal::TooLate));
}

// E4, E5
#[test]
fn only_the_company_and_the_staff_book_and_only_what_makes_sense() {
    let book = |booking| Command::Book { booking };
    let other = Sender::Host { account: id("x"), company: id("other"), name: "X".into(), title: String::new() };
    assert_eq!(Table::new().says(&guest(), 100, book(booking())), Err(Refusal::NotAllowed));
    assert_eq!(Table::new().says(&other, 1, book(booking())), Err(Refusal::NotAllowed));
    let turned = Slot { starts: booking().slot.ends, ends: booking().slot.starts };
    let wrong = Booking { slot: turned, ..booking() };
    assert_eq!(Table::new().says(&host(1), 1, book(wrong)), Err(Refusal::BadText));
    let mut table = booked();
    let later = Slot { starts: Millis(NOON + 60 * MINUTE), ends: Millis(NOON + 90 * MINUTE) };
    table.says(&host(1), 1, book(Booking { slot: later, ..booking() })).expect("changed");
    assert_eq!(table.room.slot(), Some(later));
    assert_eq!(table.says(&host(1), 1, book(Booking { slot: later, ..booking() })), Ok(vec![]));
    table.says(&host(1), 1, Command::CancelBooking).expect("cancelled");
    assert_eq!((table.room.progress(), table.room.end()), (Progress::Cancelled, Some(EndCause::Cancelled)));
    assert_eq!(table.says(&guest(), 100, knock()), Err(Refusal::Over));
}

// E1, E2
#[test]
fn an_empty_name_is_that_of_the_booking_and_another_booth_may_take_it_up_until_the_guest_sits() {
    let mut table = booked();
    let nameless = Command::Knock { company: id("minato"), name: " ".into(), locale: Locale::Ko };
    table.says(&guest(), 100, nameless.clone()).expect("knocked");
    assert_eq!(table.room.guest(), "花子");
    table.says(&guest(), 100, join()).expect("seated");
    let elsewhere = Sender::Guest { booth: id("b-02") };
    assert_eq!(table.says(&elsewhere, 101, nameless.clone()), Err(Refusal::NotAllowed));
    table.says(&guest(), 100, Command::Leave).expect("left");
    assert!(!table.room.is_over(), "a booked interview outlives a guest who goes before it");
    assert!(table.says(&elsewhere, 101, nameless).is_ok());
    assert_eq!(table.room.booth(), Some(&id("b-02")));
}

// policies
#[test]
fn a_company_that_sees_booked_people_only_refuses_a_walk_up() {
    let mut table = Table::new();
    table.around.walk_up = false;
    assert_eq!(table.says(&guest(), 100, knock()), Err(Refusal::Booked));
    let mut table = booked();
    table.around.walk_up = false;
    assert!(table.says(&guest(), 100, knock()).is_ok());
}

// X1, X2, X3, X4
#[test]
fn the_end_is_announced_extended_announced_again_and_comes() {
    let mut table = Table::booked_call(booking());
    let ends = |minutes: u64| Millis(NOON + minutes * MINUTE);
    assert_eq!(table.pass(25 * MINUTE - 1), []);
    assert_eq!(table.pass(1), [Event::EndsSoon { ends: ends(30) }]);
    table.around.next = Some(ends(39));
    assert_eq!(table.says(&host(1), 1, Command::Extend { minutes: 10 }), Err(Refusal::NextSlot));
    assert_eq!(table.says(&host(1), 1, Command::Extend { minutes: 0 }), Err(Refusal::BadText));
    assert_eq!(table.says(&host(1), 1, Command::Extend { minutes: 61 }), Err(Refusal::BadText));
    assert_eq!(table.says(&guest(), 100, Command::Extend { minutes: 5 }), Err(Refusal::NotAllowed));
    let extended = table.says(&host(1), 1, Command::Extend { minutes: 9 });
    assert_eq!(extended, Ok(vec![Event::Extended { ends: ends(39) }]));
    assert!(!table.room.ends_soon());
    let told = table.pass(14 * MINUTE);
    assert_eq!(told, [Event::EndsSoon { ends: ends(39) }, Event::Ended { cause: EndCause::SlotOver }]);
    assert_eq!(table.room.progress(), Progress::Ended);
    assert_eq!(Table::call().says(&host(1), 1, Command::Extend { minutes: 9 }), Err(Refusal::WrongMoment));
}

// X4, W14
#[test]
fn a_slot_that_passes_without_an_interview_is_missed() {
    let mut table = booked();
    assert_eq!(table.pass(30 * MINUTE), [Event::Ended { cause: EndCause::SlotOver }]);
    assert_eq!(table.room.progress(), Progress::Missed);
}

// W14
#[test]
fn a_walk_ups_knock_rings_all_and_then_the_staff() {
    let mut table = Table::new();
    table.says(&guest(), 100, knock()).expect("knocked");
    assert_eq!(table.room.ring(), Ring::All);
    assert_eq!(table.pass(MINUTE), [Event::Rang { account: None }]);
    assert_eq!(table.room.ring(), Ring::Staff);
    assert_eq!(table.pass(14 * MINUTE), [Event::Ended { cause: EndCause::Unanswered }]);
    assert_eq!(table.room.progress(), Progress::Missed);
}

// W14
#[test]
fn a_booked_knock_goes_from_host_to_host_and_then_to_the_staff() {
    let mut table = Table::new();
    let booking = Booking { hosts: vec![id("host-1"), id("host-2")], ..booking() };
    table.says(&staff(), 90, Command::Book { booking }).expect("booked");
    table.around = Around { on_call: vec![id("host-3"), id("host-1")], ..table.around };
    table.says(&guest(), 100, knock()).expect("knocked");
    assert_eq!(table.room.ring(), Ring::Host { account: id("host-1") });
    let rang = |account: &str| Event::Rang { account: Some(id(account)) };
    assert_eq!(table.pass(3 * MINUTE), [rang("host-2"), rang("host-3"), Event::Rang { account: None }]);
    table.says(&guest(), 100, Command::CancelKnock).expect("taken back");
    assert_eq!(table.room.ring(), Ring::None);
    table.says(&guest(), 100, knock()).expect("again");
    table.says(&host(2), 2, Command::Wait { message: "soon".into() }).expect("asked to wait");
    assert_eq!(table.pass(10 * MINUTE), [], "whoever was asked to wait has been noticed");
}

// W14, E7
#[test]
fn who_comes_early_is_neither_passed_on_nor_missed_before_the_slot() {
    let mut table = booked();
    table.around.now = Millis(NOON - 50 * MINUTE);
    table.says(&guest(), 100, knock()).expect("knocked");
    assert_eq!(table.pass(50 * MINUTE), []);
    assert_eq!(table.pass(MINUTE), [Event::Rang { account: None }]);
}

// E8
#[test]
fn a_second_connection_is_told_and_may_take_over() {
    let mut table = Table::call();
    assert_eq!(table.says(&host(1), 2, join()), Err(Refusal::AlreadyHere));
    let take_over = Command::Join { receives: vec![], take_over: true };
    let events = table.says(&host(1), 2, take_over).expect("taken over");
    assert_eq!(events[0], Event::Left { seat: Seat(1), cause: LeaveCause::TakenOver });
    assert!(matches!(events[1], Event::Joined { returns: Some(LeaveCause::TakenOver), .. }));
    assert!(!table.room.is_over(), "the last host has not left");
    table.line(&host(1), 2, false);
    let events = table.says(&host(1), 3, join()).expect("a lost one is replaced");
    assert!(matches!(events[..], [Event::Joined { returns: Some(LeaveCause::Restart), .. }]));
}

// E8, X6
#[test]
fn the_guests_new_client_always_takes_the_seat() {
    let mut table = Table::call();
    let events = table.says(&guest(), 101, join()).expect("seated");
    assert!(matches!(events[..], [Event::Joined { returns: Some(LeaveCause::Restart), .. }]));
    assert_eq!(table.room.history()[2].cause, None);
    assert_eq!(table.room.history()[0].cause, Some(LeaveCause::Restart));
}

// X5, X6
#[test]
fn leaving_is_final_under_network_only() {
    let mut table = Table::booked_call(booking());
    let events = table.says(&guest(), 100, Command::Leave).expect("left");
    assert_eq!(events[1], Event::Ended { cause: EndCause::Guest });
    assert_eq!(table.says(&guest(), 100, join()), Err(Refusal::Over));
}

// X6, X7
#[test]
fn leaving_can_be_undone_under_always_until_the_slot_ends() {
    let mut table = Table::booked_call(Booking { reentry: Reentry::Always, ..booking() });
    table.says(&guest(), 100, Command::Leave).expect("left");
    assert!(table.room.guest_may_return() && table.hears().is_empty());
    table.pass(20 * MINUTE);
    let events = table.says(&guest(), 101, join()).expect("back");
    assert!(matches!(events[..], [Event::Joined { returns: Some(LeaveCause::Button), .. }]));
    assert_eq!(table.hears(), [(0, 1), (1, 0)]);
    table.says(&guest(), 101, Command::Leave).expect("left again");
    assert_eq!(table.pass(10 * MINUTE).last(), Some(&Event::Ended { cause: EndCause::Guest }));
}

// X6
#[test]
fn a_lost_line_may_always_return() {
    let mut table = Table::booked_call(booking());
    table.line(&guest(), 100, false);
    table.pass(4 * MINUTE);
    table.line(&guest(), 100, true);
    assert_eq!(table.hears(), [(0, 1), (1, 0)]);
    table.line(&guest(), 100, false);
    assert_eq!(table.pass(5 * MINUTE), [Event::Ended { cause: EndCause::GuestLost }]);
}

// X8
#[test]
fn a_host_who_drops_off_has_a_grace_period_and_a_co_host_keeps_the_call() {
    let mut table = Table::call();
    table.says(&host(2), 2, join()).expect("seated");
    table.line(&host(1), 1, false);
    assert_eq!(table.pass(2 * MINUTE), [Event::Left { seat: Seat(1), cause: LeaveCause::Line }]);
    table.line(&host(2), 2, false);
    let left = Event::Left { seat: Seat(2), cause: LeaveCause::Line };
    assert_eq!(table.pass(2 * MINUTE), [left, Event::Ended { cause: EndCause::HostLost }]);
}

// R6
#[test]
fn staff_end_a_call_and_do_nothing_else_in_it() {
    let mut table = Table::call();
    for command in [join(), say("a"), Command::Admit, Command::Hold { on: true }, Command::ClearChat] {
        assert_eq!(table.says(&staff(), 90, command), Err(Refusal::NotAllowed));
    }
    table.says(&staff(), 90, Command::End).expect("ended");
    assert!(table.room.is_over());
}
