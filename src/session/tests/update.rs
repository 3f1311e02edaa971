//! What an update does in every situation, one line each.

use engawa_session::update::{
    BoothAnswer, CUT_OFF, Image, Look, Next, Offer, Permission, REMEMBERED, Running, Stage, Start, State, Trial,
    Verdict, Why, judge, permission,
};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(600);

fn image(version: &str, slot: &str) -> Image {
    Image { version: version.into(), slot: slot.into() }
}

fn running(version: &str, slot: &str, boot: &str) -> Running {
    Running { image: image(version, slot), boot: boot.into() }
}

fn offer(version: &str) -> Offer {
    Offer { version: version.into(), size: 1, sha256: format!("of {version}") }
}

fn known(version: &str, slot: &str) -> State {
    State { good: Some(image(version, slot)), ..State::default() }
}

/// Version 2 was written to B while 1 ran in A.
fn written() -> State {
    let mut state = known("1", "A");
    state.writing(&offer("2"), "B", &running("1", "A", "first"));
    state.written();
    state
}

fn stage(state: &State) -> &Stage {
    &state.trial.as_ref().expect("a trial").stage
}

fn unhealthy() -> Look {
    Look::Seen { healthy: false, faults: vec!["camera".into(), "call".into()] }
}

// P3
#[test]
fn the_first_start_of_a_card_is_no_trial() {
    let mut state = State::default();
    assert_eq!(state.woken(&running("1", "A", "first")), Start::Known);
    assert_eq!(state, known("1", "A"));
}

// P3
#[test]
fn an_update_is_good_once_its_booth_is_healthy() {
    let mut state = written();
    let second = running("2", "B", "second");
    assert_eq!(state.woken(&second), Start::Trial);
    assert_eq!(stage(&state), &Stage::Started);
    assert_eq!(state.next(&second, Some(&offer("3")), true, true), Next::Nothing(Why::Trial));
    state.proven(&second);
    assert_eq!(state, known("2", "B"));
    assert_eq!(state.woken(&running("2", "B", "third")), Start::Known);
}

// P3
#[test]
fn a_start_of_the_other_slot_gives_the_version_up_and_tells_why() {
    for (stage, reason) in [
        (Stage::Written, "it did not start"),
        (Stage::Started, "it did not come to a healthy booth before it stopped"),
        (Stage::Failed { reason: "camera".into(), times: 1 }, "camera"),
    ] {
        let mut state = written();
        state.trial.as_mut().expect("a trial").stage = stage;
        let back = running("1", "A", "third");
        assert_eq!(state.woken(&back), Start::Known);
        assert_eq!(state.given_up("2"), Some(reason));
        assert_eq!(state.fallback.as_ref().map(|gone| gone.version.as_str()), Some("2"));
        assert!(matches!(state.next(&back, Some(&offer("2")), true, false), Next::Nothing(Why::GivenUp { .. })));
        assert_eq!(state.next(&back, Some(&offer("2")), true, true), Next::Install, "a person insists");
        assert_eq!(state.next(&back, Some(&offer("3")), true, false), Next::Install, "a newer one");
    }
}

// P3
#[test]
fn a_cut_in_the_writing_says_nothing_about_the_version() {
    let mut state = known("1", "A");
    state.writing(&offer("2"), "B", &running("1", "A", "first"));
    let second = running("1", "A", "second");
    assert_eq!(state.next(&second, Some(&offer("2")), true, false), Next::Nothing(Why::Trial), "not told of yet");
    assert_eq!(state.woken(&second), Start::Known);
    assert_eq!((state.given_up("2"), &state.fallback), (None, &None));
    assert_eq!(state.next(&second, Some(&offer("2")), true, false), Next::Install);
}

// P3
#[test]
fn however_often_the_power_is_cut_in_the_writing_three_bad_writings_are_counted_apart() {
    let mut state = State::default();
    for _ in 0..CUT_OFF - 1 {
        state.cut_off("of 2");
    }
    state.spoil("of 2", "its sum is wrong");
    assert_eq!(state.refused("of 2"), None);
    state.spoil("of 2", "its sum is wrong");
    state.spoil("of 2", "its sum is wrong");
    assert_eq!(state.refused("of 2"), Some("its sum is wrong"));
    let mut state = State::default();
    for _ in 0..CUT_OFF {
        state.cut_off("of 2");
    }
    assert!(state.refused("of 2").is_some(), "it is the writing that brings the machine down");
}

#[test]
fn a_cut_between_the_writing_and_its_note_is_a_trial_all_the_same() {
    let mut state = known("1", "A");
    state.writing(&offer("2"), "B", &running("1", "A", "first"));
    assert_eq!(state.woken(&running("2", "B", "second")), Start::Trial);
}

// P3
#[test]
fn a_written_slot_waits_for_its_start_and_is_not_written_again() {
    let mut state = written();
    let first = running("1", "A", "first");
    assert_eq!(state.woken(&first), Start::Known, "the unit was started anew, not the machine");
    assert_eq!(state.next(&first, Some(&offer("2")), true, false), Next::Restart);
    assert_eq!(state.next(&first, None, false, false), Next::Restart);
}

// P3
#[test]
fn a_good_image_that_no_longer_starts_is_told_of_and_may_be_written_anew() {
    let mut state = known("2", "B");
    let back = running("1", "A", "later");
    assert_eq!(state.woken(&back), Start::Known);
    assert_eq!(state.fallback.as_ref().map(|gone| gone.reason.as_str()), Some("slot B did not start any more"));
    assert_eq!(state.next(&back, Some(&offer("2")), false, false), Next::Fetch);
}

// P3
#[test]
fn an_image_that_was_given_up_proves_itself_when_the_loader_takes_it_again() {
    let mut state = written();
    state.trial.as_mut().expect("a trial").stage = Stage::Failed { reason: "camera".into(), times: 1 };
    state.woken(&running("1", "A", "third"));
    let again = running("2", "B", "fourth");
    assert_eq!(state.woken(&again), Start::Trial);
    assert_eq!(state.good, Some(image("1", "A")));
    let mut healthy = state.clone();
    healthy.proven(&again);
    assert_eq!(healthy, known("2", "B"));
    state.failed("camera".into());
    assert_eq!(state.woken(&running("1", "A", "fifth")), Start::Known);
    assert_eq!(state.given_up("2"), Some("camera"));
}

// P3
#[test]
fn only_a_newer_bundle_that_is_not_refused_is_taken() {
    let now = running("1.10", "A", "first");
    let mut state = known("1.10", "A");
    state.refuse("of 3", "it is signed by a stranger");
    let why = |state: &State, version: &str| match state.next(&now, Some(&offer(version)), true, false) {
        Next::Nothing(why) => why.to_string(),
        next => format!("{next:?}"),
    };
    assert_eq!(why(&state, "1.10"), "version 1.10 runs already");
    assert_eq!(why(&state, "1.9"), "version 1.9 is older than 1.10");
    assert_eq!(why(&state, "2"), "Install");
    assert_eq!(why(&state, "3"), "this bundle of version 3 is refused: it is signed by a stranger");
    assert_eq!(state.next(&now, None, false, false), Next::Nothing(Why::NoOffer));
    assert_eq!(State::default().next(&now, Some(&offer("2")), true, true), Next::Nothing(Why::Trial));
}

// P3
#[test]
fn a_bundle_that_arrives_broken_again_and_again_is_left_alone() {
    let (now, mut state) = (running("1", "A", "first"), known("1", "A"));
    for _ in 0..3 {
        assert_eq!(state.next(&now, Some(&offer("2")), false, false), Next::Fetch);
        state.spoil("of 2", "its sum is wrong");
    }
    assert!(matches!(state.next(&now, Some(&offer("2")), false, false), Next::Nothing(Why::Refused { .. })));
    let mended = Offer { sha256: "another".into(), ..offer("2") };
    assert_eq!(state.next(&now, Some(&mended), false, false), Next::Fetch);
}

#[test]
fn a_slot_that_cannot_be_written_is_not_written_for_ever() {
    let (now, mut state) = (running("1", "A", "first"), known("1", "A"));
    for _ in 0..3 {
        assert_eq!(state.next(&now, Some(&offer("2")), true, false), Next::Install);
        state.writing(&offer("2"), "B", &now);
        state.unwritten("input/output error");
    }
    assert!(matches!(state.next(&now, Some(&offer("2")), true, false), Next::Nothing(Why::Refused { .. })));
}

// P3
#[test]
fn a_bundle_whose_image_calls_itself_otherwise_is_installed_once() {
    let mut state = written();
    let second = running("1.5", "B", "second");
    assert_eq!(state.woken(&second), Start::Trial);
    state.proven(&second);
    assert!(matches!(state.next(&second, Some(&offer("2")), true, false), Next::Nothing(Why::GivenUp { .. })));
}

// P3
#[test]
fn a_trial_ends_by_health_or_by_time() {
    let mut state = written();
    state.woken(&running("2", "B", "second"));
    let trial = state.trial.clone().expect("a trial");
    let at = |trial: &Trial, look: &Look, seconds, back| judge(trial, look, Duration::from_secs(seconds), LIMIT, back);
    let healthy = Look::Seen { healthy: true, faults: vec![] };
    assert_eq!(at(&trial, &healthy, 0, true), Verdict::Good);
    assert_eq!(at(&trial, &healthy, 9999, false), Verdict::Good, "late is better than never");
    assert_eq!(at(&trial, &unhealthy(), 599, true), Verdict::Wait);
    assert_eq!(at(&trial, &Look::Busy, 9999, true), Verdict::Wait, "nobody is thrown out");
    assert_eq!(at(&trial, &unhealthy(), 600, true), Verdict::GiveUp { reason: "camera, call".into() });
    assert_eq!(at(&trial, &Look::Silent, 600, true), Verdict::GiveUp { reason: "its booth does not answer".into() });
    assert_eq!(at(&trial, &unhealthy(), 600, false), Verdict::Stay, "there is nothing to go back to");
    for _ in 0..3 {
        state.failed("camera".into());
        state.woken(&running("2", "B", "again"));
    }
    let trial = state.trial.clone().expect("a trial");
    assert_eq!(at(&trial, &unhealthy(), 600, true), Verdict::Stay, "the other slot does not start either");
    assert_eq!(at(&trial, &healthy, 601, true), Verdict::Good);
}

// P3
#[test]
fn nobody_is_interrupted_and_a_crash_in_a_call_is_no_empty_booth() {
    let silent = |seconds| permission(BoothAnswer::Silent(Duration::from_secs(seconds)));
    assert_eq!(permission(BoothAnswer::Closed), Permission::Go);
    assert_eq!(permission(BoothAnswer::Busy), Permission::Later);
    assert_eq!(silent(45), Permission::AskAgain);
    assert_eq!(silent(90), Permission::Go, "a booth that does not run must be mended");
}

#[test]
fn what_is_remembered_is_bounded_and_survives_the_disk() {
    let mut state = written();
    for number in 0..100 {
        state.refuse(&number.to_string(), "why");
    }
    assert_eq!(state.refused.len(), REMEMBERED);
    assert_eq!(state.refused("99"), Some("why"));
    let text = serde_json::to_string(&state).expect("JSON");
    assert_eq!(serde_json::from_str::<State>(&text).expect("a state"), state);
}
