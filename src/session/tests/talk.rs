//! What people do in a call beside talking: chat, files, hold, hands, everybody off.

mod table;

use engawa_protocol::*;
use engawa_session::room::{Around, Body, Preset};
use table::*;

fn texts(table: &Table) -> Vec<&str> {
    fn text(body: &Body) -> &str {
        match body {
            Body::Text(text) => text,
            Body::File(file) => &file.name,
            Body::Deleted => "",
        }
    }
    table.room.posts().iter().map(|post| text(&post.body)).collect()
}

// T1
#[test]
fn a_line_is_composed_then_counted() {
    let mut table = Table::call();
    table.says(&guest(), 100, say(&"か\u{3099}".repeat(255))).expect("255 after NFC");
    assert_eq!(texts(&table)[0].chars().count(), 255);
    assert_eq!(table.says(&guest(), 100, say(&"が".repeat(256))), Err(Refusal::BadText));
    assert_eq!(table.says(&guest(), 100, say(" \n ")), Err(Refusal::BadText));
}

// T1, T4
#[test]
fn the_chat_opens_with_the_first_knock_or_the_first_host() {
    let mut table = Table::new();
    table.says(&staff(), 90, Command::Book { booking: booking() }).expect("booked");
    assert_eq!(table.says(&host(1), 1, say("a")), Err(Refusal::WrongMoment));
    assert_eq!(table.says(&guest(), 100, say("a")), Err(Refusal::WrongMoment));
    table.says(&host(1), 1, join()).expect("seated");
    table.says(&host(1), 1, say("a")).expect("said");
    let post = &table.room.posts()[0];
    assert_eq!((post.name.as_str(), post.role), ("Host 1", Role::Host));
}

// T2
#[test]
fn a_file_is_posted_only_when_the_service_vouches_for_it() {
    let mut table = Table::call();
    let send = |card: &FileCard| Command::SendFile { file: card.file.clone() };
    assert_eq!(table.says(&guest(), 100, send(&card(1))), Err(Refusal::NoSuchFile));
    table.around.file = Some(card(2));
    assert_eq!(table.says(&guest(), 100, send(&card(1))), Err(Refusal::NoSuchFile));
    table.around.file = Some(FileCard { size: limits::FILE_BYTES + 1, ..card(1) });
    assert_eq!(table.says(&guest(), 100, send(&card(1))), Err(Refusal::NoSuchFile));
    table.around.file = Some(FileCard { size: limits::FILE_BYTES, ..card(1) });
    table.says(&guest(), 100, send(&card(1))).expect("exactly the limit");
    assert_eq!(texts(&table), ["cv.pdf"]);
}

// T6
#[test]
fn one_takes_back_ones_own_and_a_host_takes_back_all() {
    let mut table = Table::call();
    table.says(&guest(), 100, say("mine")).expect("said");
    table.says(&host(1), 1, say("yours")).expect("said");
    let [mine, yours] = [table.room.posts()[0].seq, table.room.posts()[1].seq];
    assert_eq!(table.says(&guest(), 100, Command::DeletePost { post: yours }), Err(Refusal::NoSuchPost));
    assert_eq!(table.says(&host(1), 1, Command::DeletePost { post: mine }), Err(Refusal::NoSuchPost));
    table.says(&guest(), 100, Command::DeletePost { post: mine }).expect("deleted");
    assert_eq!(texts(&table), ["", "yours"]);
    assert_eq!(table.says(&guest(), 100, Command::DeletePost { post: mine }), Ok(vec![]));
    assert_eq!(table.says(&guest(), 100, Command::ClearChat), Err(Refusal::NotAllowed));
    table.says(&host(1), 1, Command::ClearChat).expect("cleared");
    assert_eq!(texts(&table), ["", ""]);
    let read: Vec<_> = table.log.iter().map(|recorded| table.room.redact(recorded)).collect();
    let words = read.iter().any(|r| matches!(&r.event, Event::Said { text, .. } if !text.is_empty()));
    assert!(!words, "what was taken back is still read");
}

// T7, L12
#[test]
fn on_hold_nobody_hears_anybody_and_the_chat_goes_on() {
    let mut table = Table::call();
    assert_eq!(table.says(&guest(), 100, Command::Hold { on: true }), Err(Refusal::NotAllowed));
    table.says(&host(1), 1, Command::Hold { on: true }).expect("held");
    table.says(&host(2), 2, join()).expect("seated");
    assert_eq!(table.hears(), []);
    table.says(&guest(), 100, say("still here")).expect("said");
    assert_eq!(table.says(&guest(), 100, Command::Hold { on: false }), Err(Refusal::NotAllowed));
    table.says(&host(2), 2, Command::Hold { on: false }).expect("any host ends it");
    assert_eq!(table.hears().len(), 6);
}

// T8
#[test]
fn what_the_guests_queue_still_held_is_taken_for_a_day_and_nothing_else() {
    let mut table = Table::call();
    table.says(&host(1), 1, Command::End).expect("ended");
    assert_eq!(table.says(&host(1), 1, say("too late")), Err(Refusal::Over));
    assert_eq!(table.says(&guest(), 100, knock()), Err(Refusal::Over));
    table.around.now = Millis(NOON + 24 * 60 * MINUTE - 1);
    table.says(&guest(), 77, say("from the queue")).expect("taken");
    assert!(table.room.posts()[0].late);
    assert_eq!(table.room.progress(), Progress::Ended);
    table.around.now = Millis(NOON + 24 * 60 * MINUTE);
    assert_eq!(table.says(&guest(), 77, say("a day later")), Err(Refusal::Over));
}

// T8
#[test]
fn a_line_sent_again_by_a_restarted_booth_is_one_post() {
    let mut table = Table::call();
    let id = CommandId { client: client(77), n: 1 };
    let around = Around::at(Millis(NOON));
    let events = table.room.decide(&guest(), &id, &say("once"), &around).expect("said");
    let seq = table.room.last() + 1;
    let (at, by, event) = (Millis(NOON), guest().actor(), events[0].clone());
    table.room.apply(&Recorded { seq, at, by, command: Some(id.clone()), event });
    assert_eq!(table.room.decide(&guest(), &id, &say("once"), &around), Ok(vec![]));
}

// L5
#[test]
fn hands_stand_in_the_order_of_raising_and_fall_with_leaving() {
    let mut table = Table::call();
    table.says(&host(2), 2, join()).expect("seated");
    table.says(&host(2), 2, Command::RaiseHand { up: true }).expect("raised");
    table.says(&guest(), 100, Command::RaiseHand { up: true }).expect("raised");
    assert_eq!(table.says(&guest(), 100, Command::RaiseHand { up: true }), Ok(vec![]));
    assert_eq!(table.room.hands(), [Seat(2), Seat(0)]);
    table.says(&host(2), 2, Command::Leave).expect("left");
    assert_eq!(table.room.hands(), [Seat(0)]);
    table.says(&guest(), 100, Command::RaiseHand { up: false }).expect("lowered");
    assert!(table.room.hands().is_empty());
}

// L13
#[test]
fn everybody_but_the_sender_is_turned_off_and_may_turn_on_again() {
    let mut table = Table::call();
    table.says(&host(2), 2, join()).expect("seated");
    table.says(&host(1), 1, Command::MuteAll).expect("muted");
    table.says(&host(2), 2, Command::CamerasOff).expect("off");
    let on: Vec<_> = table.room.people().map(|(_, p)| (p.microphone, p.camera)).collect();
    assert_eq!(on, [(false, false), (true, false), (false, true)]);
    table.says(&guest(), 100, Command::Switch { microphone: true, camera: true }).expect("on again");
    assert!(table.room.person(Seat::GUEST).is_some_and(|p| p.microphone && p.camera));
    assert_eq!(table.says(&guest(), 100, Command::MuteAll), Err(Refusal::NotAllowed));
}

// W9
#[test]
fn everybody_comes_in_as_the_host_has_set_it() {
    let mut table = Table::new();
    table.says(&guest(), 100, knock()).expect("knocked");
    let preset = Command::Preset { microphone: true, camera: false, names: false };
    assert_eq!(table.says(&guest(), 100, preset.clone()), Err(Refusal::NotAllowed));
    table.says(&host(1), 1, preset).expect("set");
    table.says(&guest(), 100, join()).expect("seated");
    assert!(table.room.person(Seat::GUEST).is_some_and(|p| p.microphone && !p.camera));
    assert_eq!(table.room.preset(), Preset { microphone: true, camera: false, names: false });
}

// L2, R1
#[test]
fn the_history_tells_who_was_here_from_when_to_when_and_why_they_went() {
    let mut table = Table::call();
    table.says(&host(2), 2, join()).expect("seated");
    table.pass(MINUTE);
    table.says(&host(2), 2, Command::Leave).expect("left");
    table.pass(MINUTE);
    table.says(&host(2), 2, join()).expect("back");
    table.says(&host(1), 1, Command::End).expect("ended");
    let stays: Vec<_> = table.room.history().iter().map(|p| (p.seat.0, p.from.0 - NOON, p.until, p.cause)).collect();
    let at = |minutes: u64| Some(Millis(NOON + minutes * MINUTE));
    let second = (2, 0, at(1), Some(LeaveCause::Button));
    assert_eq!(stays, [(0, 0, at(2), None), (1, 0, at(2), None), second, (2, 2 * MINUTE, at(2), None)]);
}
