//! The booth's queue: what is written while the line, the disk and the booth itself come and go.

#[path = "outbox/world.rs"]
mod world;

use engawa_protocol::{Millis, Refusal, limits};
use engawa_session::outbox::{Config, Contents, Draft, Input, KeepFault, OutboxError, Progress, Reason};
use proptest::prelude::*;
use std::time::Duration;
use world::{SIZE, World, file, name};

fn world() -> World {
    let mut world = World::new(Config::default());
    world.room = Some(World::room(1));
    world
}

// T8
#[test]
fn what_is_written_offline_arrives_once_and_in_order() {
    let mut world = world();
    world.line("one");
    assert!(world.shown().is_empty(), "shown before the disk has it");
    world.keep();
    assert_eq!(world.shown(), ["one"]);
    world.write(file(2)).expect("the file is taken");
    world.line("three");
    world.keep();
    world.heal();
    assert_eq!(world.delivered(&World::room(1)), ["one", &format!("{:064}", 2), "three"]);
    assert!(world.shown().is_empty());
    assert!(world.disk.entries.is_empty(), "delivered and not forgotten");
}

// T8
#[test]
fn a_line_whose_answer_was_lost_goes_again_under_its_name_after_a_restart() {
    let mut world = world();
    let first = world.line("one");
    world.keep();
    world.up();
    world.keep();
    assert!(world.serve());
    world.crash();
    world.heal();
    assert_eq!(world.service.heard.iter().map(|(_, id)| id).collect::<Vec<_>>(), [&first, &first]);
    assert_eq!(world.delivered(&World::room(1)), ["one"]);
    let next = world.line("two");
    assert_eq!((next.client, next.n), (first.client, 2), "a number is never given twice");
}

// T2, T8
#[test]
fn what_comes_after_a_file_waits_for_it() {
    let mut world = world();
    world.up();
    world.write(file(1)).expect("the file is taken");
    world.line("after");
    world.keep();
    assert!(world.upload());
    let waiting = world.outbox.waiting(&World::room(1));
    assert_eq!(waiting[0].progress, Progress::Uploading { sent: SIZE / 4 });
    assert_eq!(waiting[1].progress, Progress::Waiting);
    world.break_upload();
    assert_eq!(world.outbox.waiting(&World::room(1))[0].progress, Progress::Uploading { sent: SIZE / 4 });
    world.tick(Duration::from_millis(900));
    assert!(!world.act(), "tried again without a rest");
    world.heal();
    assert_eq!(world.delivered(&World::room(1)), [format!("{:064}", 1), "after".to_owned()]);
}

// T2
#[test]
fn a_file_that_the_service_threw_away_is_brought_again_and_not_for_ever() {
    let mut world = world();
    world.write(file(1)).expect("the file is taken");
    for _ in 0..3 {
        world.up();
        for _ in 0..100 {
            while world.act() || world.hear() || world.upload() {}
            world.tick(Duration::from_secs(1));
            world.service.files.clear();
            world.serve();
        }
    }
    let undelivered = world.outbox.undelivered(&World::room(1));
    assert_eq!(undelivered.len(), 1);
    assert_eq!(undelivered[0].reason, Reason::Refused(Refusal::NoSuchFile));
    assert_eq!(world.service.heard.len(), 3);
}

// T8
#[test]
fn a_final_refusal_is_told_with_its_reason_and_the_next_goes_on() {
    let mut world = world();
    let bad = world.line("bad");
    world.line("good");
    world.heal();
    assert_eq!(world.delivered(&World::room(1)), ["good"]);
    let undelivered = world.outbox.undelivered(&World::room(1));
    assert_eq!(
        undelivered.iter().map(|u| (&u.id, u.reason)).collect::<Vec<_>>(),
        [(&bad, Reason::Refused(Refusal::BadText))]
    );
    assert!(world.disk.entries.is_empty());
    world.handle(Input::Dismissed(bad));
    assert!(world.outbox.undelivered(&World::room(1)).is_empty());
}

// T8
#[test]
fn a_service_that_cannot_store_is_asked_again_ever_more_slowly() {
    let mut world = world();
    world.service.unavailable = 8;
    world.up();
    world.line("one");
    for _ in 0..1_000 {
        while world.act() || world.serve() || world.hear() {}
        world.tick(Duration::from_millis(500));
    }
    assert_eq!(world.delivered(&World::room(1)), ["one"]);
    let gaps: Vec<_> = world.service.heard.windows(2).map(|pair| (pair[1].0 - pair[0].0).as_secs()).collect();
    assert_eq!(gaps, [1, 2, 4, 8, 16, 32, 60, 60]);
}

// T8
#[test]
fn an_answer_that_never_comes_is_asked_for_again() {
    let mut world = world();
    world.up();
    let id = world.line("one");
    world.keep();
    let lost = world.serve();
    assert!(lost);
    world.cut();
    world.up();
    // Taken from the effects and dropped, as a line that takes nothing more does.
    world.online = false;
    world.keep();
    world.online = true;
    world.tick(Duration::from_secs(21));
    world.heal();
    assert_eq!(world.service.heard.iter().filter(|(_, heard)| *heard == id).count(), 2);
    assert!(world.shown().is_empty());
}

// T8
#[test]
fn a_long_queue_stays_below_the_rate_that_the_service_allows() {
    let mut world = world();
    for number in 0..300 {
        world.line(&format!("{number}"));
    }
    world.heal();
    assert_eq!(world.delivered(&World::room(1)).len(), 300);
    let heard = &world.service.heard;
    let busiest = heard.iter().map(|(at, _)| {
        heard.iter().filter(|(other, _)| *other >= *at && *other < *at + Duration::from_secs(1)).count()
    });
    assert!(busiest.max().is_some_and(|most| most <= limits::RATE_PER_SECOND as usize / 2));
}

// T8
#[test]
fn a_full_queue_is_said_at_once_and_takes_again_when_something_was_delivered() {
    let mut world = World::new(Config { bytes: 4000, entries: 3, ..Config::default() });
    world.room = Some(World::room(1));
    world.write(file(1)).expect("room for one");
    world.write(file(2)).expect("room for two");
    assert_eq!(world.write(file(3)), Err(OutboxError::Full));
    world.line("small");
    assert_eq!(world.write(Draft::Line("fourth".into())), Err(OutboxError::Full));
    world.keep();
    assert_eq!(world.shown().len(), 3, "nothing that was shown is lost");
    world.heal();
    world.write(file(3)).expect("room again");
    world.heal();
    assert_eq!(world.delivered(&World::room(1)).len(), 4);
}

// T8
#[test]
fn a_disk_that_takes_nothing_is_said_and_costs_nothing_that_waits() {
    let mut world = world();
    world.line("kept");
    world.keep();
    world.disk.full = true;
    let lost = world.line("not kept");
    world.keep();
    assert_eq!(world.shown(), ["kept"]);
    let undelivered = world.outbox.undelivered(&World::room(1)).to_vec();
    assert_eq!(undelivered.len(), 1);
    assert_eq!((&undelivered[0].id, undelivered[0].reason), (&lost, Reason::NotKept(KeepFault::Full)));
    world.disk.full = false;
    world.line("later");
    world.heal();
    assert_eq!(world.delivered(&World::room(1)), ["kept", "later"]);
}

// T1, T2
#[test]
fn what_the_service_would_refuse_is_refused_before_anything_is_kept() {
    let mut world = world();
    assert!(matches!(world.write(Draft::Line(" ".into())), Err(OutboxError::Text(_))));
    assert!(world.write(Draft::Line("あ".repeat(255))).is_ok());
    assert!(matches!(world.write(Draft::Line("あ".repeat(256))), Err(OutboxError::Text(_))));
    let sized = |bytes: u32| match file(1) {
        Draft::File { mut card, .. } => {
            card.size = bytes;
            Draft::File { card, contents: Contents::from(vec![0; bytes as usize]) }
        }
        line => line,
    };
    assert!(world.write(sized(limits::FILE_BYTES)).is_ok());
    assert_eq!(world.write(sized(limits::FILE_BYTES + 1)), Err(OutboxError::TooLarge(limits::FILE_BYTES)));
    let Draft::File { mut card, contents } = file(1) else { unreachable!("a file") };
    card.size += 1;
    assert_eq!(world.write(Draft::File { card, contents }), Err(OutboxError::Card));
}

// T8, X9
#[test]
fn the_next_candidate_sees_nothing_of_what_is_still_being_delivered() {
    let mut world = world();
    world.line("mine");
    world.keep();
    world.handle(Input::SessionEnded { room: World::room(1) });
    world.room = Some(World::room(2));
    world.line("yours");
    world.keep();
    assert_eq!(world.shown(), ["yours"]);
    world.crash();
    assert_eq!(world.shown(), ["yours"]);
    world.heal();
    assert_eq!(world.delivered(&World::room(1)), ["mine"]);
    assert_eq!(world.delivered(&World::room(2)), ["yours"]);
    assert_eq!(world.disk.wipes, 0, "somebody is there");
    world.handle(Input::SessionEnded { room: World::room(2) });
    world.keep();
    assert!(world.disk.sessions.is_empty());
    assert_eq!(world.disk.wipes, 1);
}

// T8, X9
#[test]
fn what_is_too_old_is_dropped_for_good_also_after_a_restart() {
    let mut world = world();
    world.up();
    world.cut();
    world.line("one");
    world.keep();
    world.handle(Input::SessionEnded { room: World::room(1) });
    world.room = None;
    world.keep();
    world.tick(Duration::from_secs(23 * 3600));
    world.crash();
    world.keep();
    assert_eq!(world.disk.entries.len(), 1, "dropped too early");
    // The booth has no clock of its own: the service's tells the age.
    world.clock = Millis(world.clock.0 + 2 * 3600 * 1000);
    world.up();
    world.keep();
    assert!(!world.serve(), "sent when nobody takes it any more");
    assert!(world.disk.entries.is_empty() && world.disk.sessions.is_empty());
    assert_eq!(world.disk.wipes, 1);
}

// T8, X9
#[test]
fn a_booth_that_never_sees_the_service_again_drops_it_after_the_same_time() {
    let mut world = world();
    world.line("one");
    world.keep();
    world.handle(Input::SessionEnded { room: World::room(1) });
    world.tick(Duration::from_secs(24 * 3600 - 1));
    world.keep();
    assert_eq!(world.disk.entries.len(), 1);
    world.tick(Duration::from_secs(1));
    world.keep();
    assert!(world.disk.entries.is_empty());
    assert_eq!(world.disk.wipes, 1);
}

#[test]
fn what_people_write_is_in_no_debug_text() {
    let mut world = world();
    world.line("geheim");
    world.write(file(1)).expect("the file is taken");
    let effects: Vec<_> = std::iter::from_fn(|| world.outbox.poll_effect()).collect();
    let text = format!("{effects:?} {:?}", world.outbox);
    assert!(!text.contains("geheim") && !text.contains("memo"), "{text}");
}

#[derive(Debug, Clone)]
enum Act {
    Line,
    BadLine,
    File,
    Disk,
    DiskFull(bool),
    Serve,
    Hear,
    Upload,
    BreakUpload,
    Up,
    Cut,
    Crash,
    Tick(u16),
    Unavailable,
    End,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => Just(Act::Line),
        1 => Just(Act::BadLine),
        2 => Just(Act::File),
        14 => Just(Act::Disk),
        1 => any::<bool>().prop_map(Act::DiskFull),
        8 => Just(Act::Serve),
        12 => Just(Act::Hear),
        8 => Just(Act::Upload),
        1 => Just(Act::BreakUpload),
        4 => Just(Act::Up),
        2 => Just(Act::Cut),
        2 => Just(Act::Crash),
        4 => (0..3000u16).prop_map(Act::Tick),
        1 => Just(Act::Unavailable),
        1 => Just(Act::End),
    ]
}

proptest! {
    // T8: delivered once, in order, and nothing that was shown as waiting is lost.
    #[test]
    fn nothing_shown_as_waiting_is_lost_or_doubled(acts in prop::collection::vec(act(), 1..300)) {
        let mut world = World::new(Config { bytes: 20_000, entries: 20, ..Config::default() });
        let mut rooms = 1;
        world.room = Some(World::room(rooms));
        let mut written = Vec::new();
        for (number, act) in (0u32..).zip(acts) {
            match act {
                // The hash is the name of a file: both sort by the time of writing.
                Act::Line => drop(world.write(Draft::Line(format!("{number:064}"))).map(|_| written.push((rooms, number)))),
                Act::BadLine => drop(world.write(Draft::Line(format!("bad {number}")))),
                Act::File => drop(world.write(file(number)).map(|_| written.push((rooms, number)))),
                Act::Disk => drop(world.act()),
                Act::DiskFull(full) => world.disk.full = full,
                Act::Serve => drop(world.serve()),
                Act::Hear => drop(world.hear()),
                Act::Upload => drop(world.upload()),
                Act::BreakUpload => world.break_upload(),
                Act::Up if !world.online => world.up(),
                Act::Up => {}
                Act::Cut => world.cut(),
                Act::Crash => world.crash(),
                Act::Tick(by) => world.tick(Duration::from_millis(by.into())),
                Act::Unavailable => world.service.unavailable += 1,
                Act::End => {
                    world.handle(Input::SessionEnded { room: World::room(rooms) });
                    rooms += 1;
                    world.room = Some(World::room(rooms));
                }
            }
        }
        let shown = world.outbox.waiting(&World::room(rooms)).iter().map(|w| name(&w.item)).collect::<Vec<_>>();
        prop_assert!(shown.is_sorted() || shown.iter().any(|text| text.starts_with("bad")));
        world.heal();
        prop_assert!(world.disk.entries.is_empty(), "something still waits");
        let mut all = std::collections::BTreeSet::new();
        for room in 1..=rooms {
            let delivered = world.delivered(&World::room(room));
            prop_assert!(delivered.is_sorted_by(|a, b| a < b), "out of order or twice: {delivered:?}");
            for text in &delivered {
                let number: u32 = text.parse().expect("a number");
                prop_assert!(written.contains(&(room, number)), "in a room that it was not written for");
            }
            all.extend(delivered);
        }
        for text in world.seen.iter().filter(|text| !text.starts_with("bad")) {
            prop_assert!(all.contains(text), "{text} was shown as waiting and is lost");
        }
        world.handle(Input::SessionEnded { room: World::room(rooms) });
        world.keep();
        prop_assert!(world.disk.sessions.is_empty(), "a session outlives its candidate");
    }
}
