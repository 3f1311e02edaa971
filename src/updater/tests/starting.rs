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
    assert_eq!(machine.asked(), ["status mark-good booted", "status"]);
    let machine = Machine::new();
    let _booth = Booth::open(&machine.place.socket, Mood::NoCamera);
    mark_good(&machine.place, LONG).await.expect("its booth answers");
    assert_eq!(machine.asked(), ["status mark-good booted", "status"]);
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
    let grubenv = machine.path("grubenv");
    machine.put("grub.cfg", "");
    machine.put("system.conf", &format!("[system]\ngrubenv={}\n", grubenv.display()));
    for broken in ["", "# GRUB Environment Block\nORDER=A B\n"] {
        machine.put("grubenv", broken);
        mark_good(&machine.place, SHORT).await.expect("it is known");
        let text = std::fs::read_to_string(&grubenv).expect("a file");
        assert_eq!(text.len(), 1024);
        assert!(
            text.starts_with("# GRUB Environment Block\nORDER=A B\nA_OK=1\nA_TRY=0\nB_OK=1\nB_TRY=0\n##"),
            "{text}"
        );
        assert_eq!((machine.state().given_up("2"), machine.state().trial), (None, None));
    }
    // A whole one is left as it is.
    let whole = std::fs::read_to_string(&grubenv).expect("a file").replace("A_TRY=0", "A_TRY=2");
    machine.put("grubenv", &whole);
    mark_good(&machine.place, SHORT).await.expect("it is known");
    assert_eq!(std::fs::read_to_string(&grubenv).expect("a file"), whole);
}
