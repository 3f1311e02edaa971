//! Random commands of a host, a co-host, a candidate, staff, a clock and a faulty line, against a
//! model that is too simple to be wrong; and the logs of it, with what they fold to, for the page.

mod table;

use engawa_protocol::*;
use engawa_session::room::{Body, Policy, Room};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use table::*;

/// What may be believed of a room by reading its log once, without its rules.
#[derive(Default)]
struct Model {
    seats: BTreeSet<u32>,
    called: bool,
    held: bool,
    over: bool,
    booth: Option<Actor>,
    posts: BTreeMap<Seq, bool>,
    ends: Option<Millis>,
}

impl Model {
    fn read(log: &[Recorded]) -> Self {
        let mut model = Self::default();
        for Recorded { seq, by, event, .. } in log {
            match event {
                Event::Knocked { .. } => {
                    assert!(!model.over, "a knock after the end");
                    model.booth = Some(by.clone());
                }
                Event::GuestMoved => {
                    assert!(!model.over && model.booth.as_ref() != Some(by), "moved where the guest is, or nowhere");
                    model.booth = Some(by.clone());
                    model.seats.remove(&0);
                }
                Event::Booked { booking } => model.ends = Some(booking.slot.ends),
                Event::Extended { ends } => model.ends = Some(*ends),
                Event::Admitted => model.called = true,
                Event::Joined { seat, .. } => _ = model.seats.insert(seat.0),
                Event::Left { seat, .. } => _ = model.seats.remove(&seat.0),
                Event::Held => model.held = true,
                Event::Resumed => model.held = false,
                Event::Said { late, .. } | Event::FileSent { late, .. } => {
                    let left = matches!(by, Actor::Guest { .. }) && model.booth.as_ref() != Some(by);
                    assert_eq!(*late, model.over || left, "late is what comes after the end, or the move");
                    model.posts.insert(*seq, true);
                }
                Event::PostDeleted { post } => _ = model.posts.insert(*post, false),
                Event::ChatCleared => model.posts.values_mut().for_each(|stands| *stands = false),
                Event::Ended { .. } | Event::Refused { .. } | Event::BookingCancelled => model.over = true,
                _ => assert!(!model.over, "something but a late post after the end: {event:?}"),
            }
        }
        model
    }

    fn hears(&self) -> Vec<(u32, u32)> {
        let flows = self.called && !self.held && !self.over;
        let pairs = self.seats.iter().flat_map(|a| self.seats.iter().map(move |b| (*a, *b)));
        pairs.filter(|(a, b)| flows && a != b).collect()
    }
}

#[derive(Debug, Clone)]
enum Step {
    Guest(u8, u8),
    Host(u8, u8, u8),
    Staff(u8),
    Second(u8),
    Move(bool, bool),
    Line(u8, bool),
    Pass(u16),
    Next(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0u8..9, 0u8..2).prop_map(|(what, client)| Step::Guest(what, client)),
        8 => (1u8..3, 0u8..20, 0u8..4).prop_map(|(who, what, client)| Step::Host(who, what, client / 3)),
        1 => (0u8..3).prop_map(Step::Staff),
        2 => (0u8..6).prop_map(Step::Second),
        2 => (any::<bool>(), any::<bool>()).prop_map(|(back, take_over)| Step::Move(back, take_over)),
        2 => (0u8..3, any::<bool>()).prop_map(|(who, up)| Step::Line(who, up)),
        2 => (0u16..400).prop_map(Step::Pass),
        1 => (0u8..60).prop_map(Step::Next),
    ]
}

fn take(table: &mut Table, step: &Step) {
    let post = table.room.posts().last().map_or(1, |post| post.seq);
    match *step {
        Step::Guest(what, client) => {
            let command = match what {
                0 | 1 => knock(),
                2 => join(),
                3 => say("こんにちは"),
                4 => Command::DeletePost { post },
                5 => Command::RaiseHand { up: client == 0 },
                6 => Command::Switch { microphone: client == 0, camera: true },
                7 => Command::SendFile { file: card(7).file },
                _ if client == 0 => Command::CancelKnock,
                _ => Command::Leave,
            };
            table.says(&guest(), 100 + client, command).ok();
        }
        Step::Host(who, what, client) => {
            let command = match what {
                0..=2 => Command::Admit,
                3 | 4 => Command::Join { receives: vec![Codec::Vp8], take_over: client == 1 },
                5 | 6 => say("안녕하세요"),
                7 => Command::Hold { on: true },
                8 => Command::Hold { on: false },
                9 => Command::MuteAll,
                10 => Command::CamerasOff,
                11 => Command::Preset { microphone: client == 0, camera: client == 1, names: client == 0 },
                12 => Command::Extend { minutes: 10 },
                13 => Command::RaiseHand { up: client == 0 },
                14 => Command::DeletePost { post },
                15 if client == 1 => Command::ClearChat,
                16 => Command::Wait { message: "soon".into() },
                17 if client == 1 => Command::Refuse { message: String::new() },
                18 if client == 1 => Command::End,
                15 | 17 | 18 => Command::RaiseHand { up: false },
                _ => Command::Leave,
            };
            // Mostly from the window that has the seat from the beginning.
            let at = if client == 0 { who } else { who * 10 };
            table.says(&host(who), at, command).ok();
        }
        Step::Staff(what) => {
            let command = match what {
                0 => Command::Book { booking: Booking { hosts: vec![id("host-2")], ..booking() } },
                1 => Command::CancelBooking,
                _ => Command::End,
            };
            table.says(&staff(), 90, command).ok();
        }
        Step::Second(what) => {
            let command = match what {
                0 => knock(),
                1..=3 => join(),
                4 => say("別のブースから"),
                _ => Command::Leave,
            };
            table.says(&elsewhere(), 110, command).ok();
        }
        Step::Move(back, take_over) => {
            let to = if back { guest() } else { elsewhere() };
            table.moves(&to, take_over).ok();
        }
        Step::Line(who, up) => {
            let is = |actor: &Actor| who == 0 || *actor == host(who).actor();
            let sits = table.room.person(Seat(who.into())).filter(|p| is(&p.actor));
            if let Some((actor, client)) = sits.map(|p| (p.actor.clone(), p.client.clone())) {
                let events = table.room.connection(&actor, &client, up);
                table.append(Actor::Service, None, events);
            }
        }
        Step::Pass(seconds) => _ = table.pass(u64::from(seconds) * 1_000),
        Step::Next(minutes) => table.around.next = Some(Millis(NOON + u64::from(minutes) * MINUTE)),
    }
}

/// The table that `begin` asks for: nothing, a booking, a call, calls with either re-entry.
fn begin(begin: u8) -> Table {
    let mut table = match begin {
        0 => Table::new(),
        1 => {
            let mut table = Table::new();
            table.says(&staff(), 90, Command::Book { booking: booking() }).expect("booked");
            table
        }
        2 => Table::call(),
        3 => Table::booked_call(booking()),
        _ => Table::booked_call(Booking { reentry: Reentry::Always, ..booking() }),
    };
    table.around.file = Some(card(7));
    table
}

fn check(table: &Table) {
    let (model, room) = (Model::read(&table.log), &table.room);
    assert_eq!(table.hears(), model.hears(), "who hears whom");
    let stands: BTreeMap<_, _> = room.posts().iter().map(|p| (p.seq, p.body != Body::Deleted)).collect();
    assert_eq!(stands, model.posts, "which posts stand");
    assert_eq!(room.slot().map(|slot| slot.ends), model.ends, "when it ends");
    assert_eq!(room.is_over(), model.over, "whether it is over");
    if let Some(ends) = model.ends.filter(|_| !model.over) {
        assert!(table.now() < ends, "it goes on after its slot");
    }
    assert!(room.hands().iter().all(|hand| room.person(*hand).is_some()), "the hand of nobody");
    let present = room.history().iter().filter(|presence| presence.until.is_none()).count();
    assert_eq!(present, room.people().count(), "the history disagrees with who is here");
    let again = Room::restore(Policy::default(), &table.log, table.now());
    assert!(again.people().eq(room.people()) && again.posts() == room.posts(), "two folds of one log disagree");
}

// X1 to X8, T1 to T8, L5, L12, L13, W9, W14, E7, E8
#[test]
fn the_room_agrees_with_the_model() {
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let strategy = (0u8..5, prop::collection::vec(step(), 1..80));
    let run = TestRunner::new(config).run(&strategy, |(which, steps)| {
        let mut table = begin(which);
        for step in &steps {
            take(&mut table, step);
            check(&table);
        }
        table.pass(4 * 60 * MINUTE);
        check(&table);
        prop_assert!(table.room.poll_timeout().is_none() || !table.room.is_over());
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
}

/// What the page's fold must make of the log.
fn folded(room: &Room) -> Value {
    let people: Vec<_> =
        room.people().map(|(seat, p)| json!([seat, p.since, p.microphone, p.camera, p.lost.is_some()])).collect();
    let links = |seat| room.links(seat).into_iter().map(|(peer, _)| peer.seat.0).collect::<Vec<_>>();
    let links: Vec<_> = room.people().map(|(seat, _)| json!([seat, links(seat)])).collect();
    let body = |body: &Body| match body {
        Body::Text(text) => json!({"kind": "text", "text": text}),
        Body::File(file) => json!({"kind": "file", "file": file}),
        Body::Deleted => json!({"kind": "deleted"}),
    };
    let posts: Vec<_> = room
        .posts()
        .iter()
        .map(|p| json!({"seq": p.seq, "role": p.role, "name": p.name, "body": body(&p.body), "late": p.late}))
        .collect();
    let history: Vec<_> = room.history().iter().map(|p| json!([p.seat, p.name, p.from, p.until, p.cause])).collect();
    let preset = room.preset();
    json!({
        "last": room.last(), "booth": room.booth(), "progress": room.progress(), "end": room.end(), "guest": room.guest(),
        "locale": room.locale(), "slot": room.slot(), "ends_soon": room.ends_soon(), "ring": room.ring(),
        "people": people, "links": links, "held": room.held(), "hands": room.hands(), "posts": posts,
        "preset": [preset.microphone, preset.camera, preset.names], "history": history,
        "guest_may_return": room.guest_may_return(),
    })
}

/// Walks that are looked at, and logs of the corpus for each kind of event.
const WALKS: usize = 3_000;
const ENOUGH: usize = 4;
/// What the corpus must not lack.
const KINDS: [&str; 27] = [
    "admitted",
    "asked_to_wait",
    "back",
    "booked",
    "chat_cleared",
    "ended",
    "ends_soon",
    "extended",
    "file_sent",
    "guest_moved",
    "hand_lowered",
    "hand_raised",
    "held",
    "joined",
    "knock_cancelled",
    "knocked",
    "left",
    "lost",
    "post_deleted",
    "preset",
    "rang",
    "refused",
    "resumed",
    "said",
    "silenced",
    "switched",
    "booking_cancelled",
];

fn kind(recorded: &Recorded) -> String {
    let event = serde_json::to_value(&recorded.event).expect("an event is JSON");
    event["type"].as_str().expect("an event has a type").to_owned()
}

/// The folds after each fourth event and at the end: an end hides much of what was before.
fn folds(log: &[Recorded]) -> Vec<Value> {
    let mut room = Room::new(Policy::default());
    let mut folds = Vec::new();
    for (event, count) in log.iter().zip(1..) {
        room.apply(event);
        if count % 4 == 0 || count == log.len() {
            folds.push(folded(&room));
        }
    }
    folds
}

/// The page's test reads the same file: `ENGAWA_WRITE=1` writes it anew.
// X1 to X8, T1 to T8, L5, L12, L13
#[test]
fn the_folds_of_many_logs_are_those_that_the_page_is_held_to() {
    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec(step(), 10..40);
    let walk = |n: usize| {
        let steps = strategy.new_tree(&mut runner).expect("steps").current();
        let mut table = begin((n % 5) as u8);
        steps.iter().for_each(|step| take(&mut table, step));
        table.log
    };
    let walks: Vec<_> = (0..WALKS).map(walk).collect();
    // Most walks are much alike. Of each kind of event, the first few that have it are kept.
    let mut having = BTreeMap::<_, Vec<usize>>::new();
    for (n, log) in walks.iter().enumerate() {
        let kinds: BTreeSet<_> = log.iter().map(kind).collect();
        kinds.into_iter().for_each(|kind| having.entry(kind).or_default().push(n));
    }
    let missing: Vec<_> = KINDS.iter().filter(|kind| !having.contains_key(**kind)).collect();
    assert!(missing.is_empty(), "no log has {missing:?}");
    let kept: BTreeSet<_> = having.values().flat_map(|walks| walks.iter().take(ENOUGH)).collect();
    let corpus: Vec<_> = kept.iter().map(|n| &walks[**n]).map(|log| json!({"log": log, "folds": folds(log)})).collect();
    let lines: Vec<_> = corpus.iter().map(Value::to_string).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/folds.json");
    if std::env::var_os("ENGAWA_WRITE").is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("make the folder");
        std::fs::write(&file, &text).expect("write the corpus");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == text, "folds.json is stale: run ENGAWA_WRITE=1 cargo test -p engawa-session");
}
