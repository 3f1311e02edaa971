//! What a start means, against a pretend boot loader and a pretend booth.

mod support;

use engawa_session::update::{Offer, Stage, State};
use engawa_updater::good::{Patience, mark_good};
use std::time::Duration;
use support::booth::{Booth, Mood};
use support::{Machine, image, until};

/// A trial that shall not end by time.
const LONG: Patience = Patience { limit: Duration::from_secs(600), settle: Duration::from_secs(600) };
const SHORT: Patience = Patience { limit: Duration::from_millis(50), settle: Duration::from_millis(50) };

/// Version 2 was written to B, and runs there for the first time.
fn trial() -> Machine {
    let machine = Machine::new();
    let mut state = machine.state();
    let offer = Offer { version: "2".into(), size: 1, sha256: "x".into() };
    state.writing(&offer, "B", &machine.place.running().expect("a machine"));
    state.written();
    machine.keep(&state);
    machine.start("2", "B", "second");
    machine
}

/// Lets it watch until something is so.
async fn watch(machine: &Machine, patience: Patience, what: &str, so: impl FnMut() -> bool) {
    tokio::select! {
        ended = mark_good(&machine.place, patience) => panic!("it ended before {what}: {ended:?}"),
        () = until(what, so) => {}
    }
}

// P3, S4
#[tokio::test]
async fn an_update_is_called_good_when_its_booth_is_healthy_and_not_before() {
    let machine = trial();
    let booth = Booth::open(&machine.place.socket, Mood::NoCamera);
    watch(&machine, LONG, "some checks", || booth.checks() > 5).await;
    assert_eq!(machine.times("status mark-good booted"), 0);
    assert_eq!(machine.device(), serde_json::json!({ "version": "2", "slot": "B" }));
    booth.feel(Mood::Healthy);
    mark_good(&machine.place, LONG).await.expect("it is good");
    assert_eq!(machine.state(), State { good: Some(image("2", "B")), ..State::default() });
    assert_eq!((machine.times("status mark-good booted"), machine.times("systemctl reboot")), (1, 0));
    assert_eq!(machine.times("status mark-active booted"), 1, "the pretend boot loader has A first");
}

// P3
#[tokio::test]
async fn a_trial_that_does_not_get_healthy_goes_back_and_tells_why() {
    let machine = trial();
    let booth = Booth::open(&machine.place.socket, Mood::NoCamera);
    watch(&machine, SHORT, "the restart", || machine.times("systemctl reboot") == 1).await;
    assert_eq!(machine.times("status mark-bad booted"), 1);
    assert_eq!(
        machine.state().trial.map(|trial| trial.stage),
        Some(Stage::Failed { reason: "camera".into(), times: 1 })
    );
    // The other slot starts. Its booth is not healthy either, and it stays.
    machine.start("1", "A", "third");
    mark_good(&machine.place, SHORT).await.expect("it is known");
    assert_eq!(machine.state().given_up("2"), Some("camera"));
    let told = serde_json::json!({ "version": "1", "slot": "A", "fallback": { "version": "2", "reason": "camera" } });
    assert_eq!(machine.device(), told);
    assert_eq!((machine.times("status mark-good booted"), machine.times("systemctl reboot")), (1, 1));
    drop(booth);
}

// P3
#[tokio::test]
async fn a_trial_with_nothing_to_go_back_to_stays_and_keeps_looking() {
    let machine = trial();
    machine.put("other", "bad");
    let booth = Booth::open(&machine.place.socket, Mood::NoCamera);
    watch(&machine, SHORT, "many checks", || booth.checks() > 20).await;
    assert_eq!((machine.times("systemctl reboot"), machine.times("status mark-bad booted")), (0, 0));
    booth.feel(Mood::Healthy);
    mark_good(&machine.place, SHORT).await.expect("late is better than never");
    assert_eq!(machine.state().good, Some(image("2", "B")));
}

// P3
#[tokio::test]
async fn nobody_in_the_booth_of_a_trial_is_thrown_out() {
    let machine = trial();
    let booth = Booth::open(&machine.place.socket, Mood::Busy);
    let (status, patience) = (|| machine.times("status"), SHORT);
    watch(&machine, patience, "many looks", || status() > 20).await;
    assert_eq!(machine.times("systemctl reboot"), 0);
    booth.feel(Mood::Healthy);
    mark_good(&machine.place, SHORT).await.expect("it is good");
}

// P3
#[tokio::test]
async fn an_image_whose_rauc_does_not_work_is_not_good() {
    let machine = trial();
    machine.put("ill", "");
    let booth = Booth::open(&machine.place.socket, Mood::Healthy);
    watch(&machine, LONG, "some checks", || booth.checks() > 5).await;
    assert_eq!(machine.times("status mark-good booted"), 0);
    watch(&machine, SHORT, "the restart", || machine.times("systemctl reboot") == 1).await;
    assert!(
        matches!(machine.state().trial.map(|trial| trial.stage), Some(Stage::Failed { reason, .. }) if reason == "rauc")
    );
}

// P3
#[tokio::test]
async fn a_known_image_counts_whether_its_booth_is_healthy_or_not_there_at_all() {
    let machine = Machine::new();
    mark_good(&machine.place, SHORT).await.expect("it is known");
    assert_eq!(machine.asked(), ["status", "status mark-good booted"]);
    let machine = Machine::new();
    let _booth = Booth::open(&machine.place.socket, Mood::NoCamera);
    mark_good(&machine.place, LONG).await.expect("its booth answers");
    assert_eq!(machine.asked(), ["status", "status mark-good booted"]);
    assert_eq!(machine.state().fallback, None);
}

// P3
#[tokio::test]
async fn a_disk_that_cannot_be_read_calls_nothing_good() {
    let machine = trial();
    std::fs::remove_dir_all(&machine.place.data).expect("a folder");
    assert!(mark_good(&machine.place, SHORT).await.is_err());
    assert_eq!(machine.asked(), [] as [&str; 0]);
}

// P3
#[tokio::test]
async fn a_boot_loader_that_forgot_everything_is_told_anew_and_nobody_is_blamed() {
    let machine = trial();
    machine.start("1", "A", "second");
    for broken in ["", "# GRUB Environment Block\nORDER=A B\n"] {
        machine.grub(broken);
        mark_good(&machine.place, SHORT).await.expect("it is known");
        assert_eq!(machine.memory("grubenv"), "ORDER=A B A_OK=1 A_TRY=0 B_OK=1 B_TRY=0");
        assert_eq!((machine.state().given_up("2"), machine.state().trial), (None, None));
    }
    // A whole one is left as it is.
    let whole = std::fs::read_to_string(machine.path("grubenv")).expect("a file").replace("A_TRY=0", "A_TRY=2");
    machine.put("grubenv", &whole);
    mark_good(&machine.place, SHORT).await.expect("it is known");
    assert_eq!(std::fs::read_to_string(machine.path("grubenv")).expect("a file"), whole);
}

// P3
#[tokio::test]
async fn a_failed_version_stays_given_up_when_the_boot_loader_forgets_it() {
    let machine = trial();
    let store = engawa_updater::store::Store::new(&machine.place.data);
    store.change(|state| state.failed("camera".into())).expect("a disk");
    machine.start("1", "A", "third");
    machine.grub("");
    mark_good(&machine.place, SHORT).await.expect("it is known");
    assert_eq!((machine.state().given_up("2"), machine.state().trial), (Some("camera"), None));
}

// P3
#[tokio::test]
async fn a_second_memory_says_which_slot_is_proven_and_outlives_the_first() {
    let machine = trial();
    machine.grub("");
    let booth = Booth::open(&machine.place.socket, Mood::NoCamera);
    watch(&machine, LONG, "some checks", || booth.checks() > 5).await;
    assert!(!machine.path("grubkept").exists(), "nothing is proven");
    booth.feel(Mood::Healthy);
    mark_good(&machine.place, LONG).await.expect("it is good");
    assert_eq!(machine.memory("grubkept"), "ORDER=B A B_OK=1 B_TRY=0 A_OK=1 A_TRY=0");
    assert_eq!(machine.memory("grubkept-at-mark-good"), machine.memory("grubkept"), "before RAUC writes the first");
    machine.put("other", "bad");
    mark_good(&machine.place, SHORT).await.expect("it is known");
    assert_eq!(machine.memory("grubkept"), "ORDER=B A B_OK=1 B_TRY=0 A_OK=0 A_TRY=0");
    // A slot that must not be started is not forgotten with the first one.
    machine.grub("");
    mark_good(&machine.place, SHORT).await.expect("it is known");
    assert_eq!(machine.memory("grubenv"), "ORDER=B A B_OK=1 B_TRY=0 A_OK=0 A_TRY=0");
}

// P3
#[tokio::test]
async fn while_a_slot_waits_for_its_start_the_second_memory_stays() {
    let machine = trial();
    // Still the start in which it was written.
    machine.start("1", "A", "first");
    machine.grub(&format!("{:#<1024}", "# GRUB Environment Block\nORDER=B A\n"));
    machine.put("grubkept", "as it was");
    mark_good(&machine.place, SHORT).await.expect("it is known");
    assert_eq!(std::fs::read_to_string(machine.path("grubkept")).expect("a file"), "as it was");
}

// P3
#[tokio::test]
async fn a_second_memory_that_cannot_be_kept_keeps_no_start_from_being_good() {
    let machine = Machine::new();
    machine.grub(&format!("{:#<1024}", "# GRUB Environment Block\nORDER=A B\n"));
    std::fs::create_dir(machine.path("grubkept")).expect("a folder");
    mark_good(&machine.place, SHORT).await.expect("it is known");
    assert_eq!(machine.times("status mark-good booted"), 1);
}
