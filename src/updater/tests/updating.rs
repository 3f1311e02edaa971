//! A whole update against a pretend RAUC and a pretend booth: in which order, and when not.

mod support;

use engawa_session::update::{Stage, State, Why};
use engawa_updater::rauc::RaucError;
use engawa_updater::service::Service;
use engawa_updater::stick::install;
use engawa_updater::store::Store;
use engawa_updater::update::{Ended, Source, UpdateError, update};
use std::time::Duration;
use support::booth::{Booth, Mood};
use support::origin::Origin;
use support::{Machine, bundle, image, until};

async fn run(machine: &Machine, origin: &Origin) -> Result<Ended, UpdateError> {
    let service = Service::new(&origin.url(), None).expect("a service");
    update(&machine.place, Source::Service(&service, u64::MAX), false).await
}

/// An update that goes through ends with a restart, which the pretend machine does not do.
async fn run_to_restart(machine: &Machine, origin: &Origin) {
    let ended = run(machine, origin).await;
    assert!(matches!(ended, Err(UpdateError::Place(_))), "{ended:?}");
    assert_eq!(machine.asked().last().map(String::as_str), Some("systemctl reboot"));
}

fn stage(machine: &Machine) -> Option<Stage> {
    machine.state().trial.map(|trial| trial.stage)
}

// P3
#[tokio::test]
async fn an_update_is_verified_installed_and_started_with_the_booth_closed() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 50_000)).await);
    let booth = Booth::open(&machine.place.socket, Mood::Healthy);
    let closed = async {
        until("the restart", || machine.times("systemctl reboot") == 1).await;
        booth.closed()
    };
    let (_, closed) = tokio::join!(run_to_restart(&machine, &origin), closed);
    assert_eq!(closed, 1, "until the machine goes down");
    assert_eq!(machine.asked(), ["status", "info", "install", "systemctl reboot"]);
    assert_eq!(machine.state().trial.map(|trial| trial.image), Some(image("2", "B")));
    assert_eq!(stage(&machine), Some(Stage::Written));
    assert!(machine.bundles().is_empty(), "the room is the booth's again");
}

// P3
#[tokio::test]
async fn nobody_is_interrupted_and_the_bundle_waits_on_the_disk() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 50_000)).await);
    let booth = Booth::open(&machine.place.socket, Mood::Busy);
    for _ in 0..3 {
        assert!(matches!(run(&machine, &origin).await, Ok(Ended::Busy)));
    }
    assert_eq!((machine.times("install"), machine.state().trial), (0, None));
    booth.feel(Mood::Healthy);
    run_to_restart(&machine, &origin).await;
    assert_eq!(origin.asked(), [0], "it was brought here once");
}

// P3
#[tokio::test]
async fn a_written_slot_is_started_later_when_somebody_came_in_before_the_restart() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 50_000)).await);
    let mut state = machine.state();
    let running = machine.place.running().expect("a machine");
    let offer = engawa_session::update::Offer { version: "2".into(), size: 1, sha256: "x".into() };
    state.writing(&offer, "B", &running);
    state.written();
    machine.keep(&state);
    let booth = Booth::open(&machine.place.socket, Mood::Busy);
    assert!(matches!(run(&machine, &origin).await, Ok(Ended::Busy)));
    assert_eq!(machine.asked(), [] as [&str; 0], "neither written nor started");
    booth.feel(Mood::Healthy);
    run_to_restart(&machine, &origin).await;
    assert_eq!(machine.asked(), ["systemctl reboot"]);
}

// P3
#[tokio::test]
async fn a_strangers_bundle_is_refused_and_not_brought_here_again() {
    for bytes in [b"stranger's".to_vec(), b"other machine's".to_vec()] {
        let (machine, origin) = (Machine::new(), Origin::open("2", bytes).await);
        let _booth = Booth::open(&machine.place.socket, Mood::Healthy);
        let ended = run(&machine, &origin).await;
        assert!(matches!(ended, Err(UpdateError::Bundle(_))), "{ended:?}");
        assert!(matches!(run(&machine, &origin).await, Ok(Ended::Nothing(Why::Refused { .. }))));
        assert_eq!((machine.times("install"), origin.asked().len()), (0, 1));
        assert!(machine.bundles().is_empty());
        // A mended bundle of the same version is another one.
        origin.shelf.lock().expect("a shelf").bytes = bundle("2", 1000);
        run_to_restart(&machine, &origin).await;
    }
}

// P3
#[tokio::test]
async fn a_bundle_that_brings_another_version_than_was_told_is_refused() {
    let (machine, origin) = (Machine::new(), Origin::open("3", bundle("2", 1000)).await);
    let _booth = Booth::open(&machine.place.socket, Mood::Healthy);
    assert!(matches!(run(&machine, &origin).await, Err(UpdateError::Bundle(_))));
    assert_eq!(machine.times("install"), 0);
}

// P3
#[tokio::test]
async fn a_slot_that_cannot_be_written_is_tried_three_times_and_the_running_one_stays() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 1000)).await);
    let _booth = Booth::open(&machine.place.socket, Mood::Healthy);
    machine.put("broken", "");
    for _ in 0..3 {
        let ended = run(&machine, &origin).await;
        assert!(matches!(ended, Err(UpdateError::Install { .. })), "{ended:?}");
        assert_eq!(machine.state().trial, None);
    }
    assert!(matches!(run(&machine, &origin).await, Ok(Ended::Nothing(Why::Refused { .. }))));
    assert_eq!((machine.times("install"), machine.times("systemctl reboot"), origin.asked().len()), (3, 0, 1));
}

// P3
#[tokio::test]
async fn a_slot_that_is_being_written_is_called_bad_in_the_second_memory_too() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 50_000)).await);
    machine.grub("RAUC's own");
    machine.put("grubkept", "");
    let _booth = Booth::open(&machine.place.socket, Mood::Healthy);
    run_to_restart(&machine, &origin).await;
    assert_eq!(machine.memory("grubkept-in-writing"), "ORDER=A B A_OK=1 A_TRY=0 B_OK=0 B_TRY=0");
}

// P3
#[tokio::test]
async fn a_slot_that_is_written_without_an_end_may_still_be_a_trial() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 50_000)).await);
    let _booth = Booth::open(&machine.place.socket, Mood::Healthy);
    machine.put("slow", "");
    for _ in 0..3 {
        let too_late = async {
            until("the writing", || machine.times("install") > 0).await;
            tokio::time::pause();
            tokio::time::advance(Duration::from_secs(2 * 3600)).await;
            tokio::time::resume();
        };
        let (ended, ()) = tokio::join!(run(&machine, &origin), too_late);
        let Err(UpdateError::Install { source, .. }) = ended else { panic!("{ended:?}") };
        assert!(matches!(source, RaucError::Time { .. }), "{source}");
        assert_eq!(stage(&machine), Some(Stage::Writing));
        std::fs::remove_file(machine.path("asked")).expect("a file");
    }
    let given_up = machine.state().refused;
    assert!(given_up[0].reason.contains("did not end in time"), "{given_up:?}");
}

// P3
#[tokio::test]
async fn a_trial_is_left_alone_without_asking_anybody() {
    let (machine, origin) = (Machine::new(), Origin::open("3", bundle("3", 1000)).await);
    machine.keep(&State::default());
    assert!(matches!(run(&machine, &origin).await, Ok(Ended::Nothing(Why::Trial))));
    assert_eq!(machine.asked(), [] as [&str; 0]);
}

// P3
#[tokio::test]
async fn a_stick_installs_the_newest_bundle_that_is_signed_for_this_machine() {
    let machine = Machine::new();
    let _booth = Booth::open(&machine.place.socket, Mood::Healthy);
    let stick = machine.path("stick");
    std::fs::create_dir(&stick).expect("a folder");
    for (name, text) in
        [("a.raucb", "1.5\n"), ("b.raucb", "2\n"), ("c.raucb", "stranger"), ("d.raucb", "other"), ("e.txt", "3\n")]
    {
        std::fs::write(stick.join(name), text).expect("a file");
    }
    let rauc = engawa_updater::rauc::Rauc { program: &machine.place.rauc };
    let found = engawa_updater::stick::newest(&stick, rauc, support::COMPATIBLE).await.expect("a stick");
    assert_eq!(found, Some(stick.join("b.raucb")));
    let ended = update(&machine.place, Source::File(&stick.join("b.raucb")), false).await;
    assert!(matches!(ended, Err(UpdateError::Place(_))), "{ended:?}");
    assert_eq!(machine.state().trial.map(|trial| trial.image), Some(image("2", "B")));
    // What is not newer stays where it is, unless a person insists.
    machine.keep(&State { good: Some(image("1", "A")), ..State::default() });
    std::fs::write(stick.join("b.raucb"), "0.9\n").expect("a file");
    let ended = update(&machine.place, Source::File(&stick.join("b.raucb")), false).await;
    assert!(matches!(ended, Ok(Ended::Nothing(Why::Older { .. }))), "{ended:?}");
    let ended = update(&machine.place, Source::File(&stick.join("b.raucb")), true).await;
    assert!(matches!(ended, Err(UpdateError::Place(_))), "{ended:?}");
}

// P3
#[tokio::test]
async fn a_stick_waits_for_its_turn() {
    let machine = Machine::new();
    let booth = Booth::open(&machine.place.socket, Mood::Busy);
    let file = machine.path("b.raucb");
    std::fs::write(&file, "2\n").expect("a file");
    let other = Store::new(&machine.place.data);
    let taken = other.take().expect("another update");
    let hall = async {
        tokio::time::sleep(machine.place.pause * 2).await;
        assert_eq!(machine.asked(), [] as [&str; 0], "the other one goes on alone");
        drop(taken);
        until("the first try", || machine.times("info") > 1).await;
        tokio::time::sleep(machine.place.pause * 20).await;
        assert_eq!(
            (machine.times("info"), machine.times("install")),
            (2, 0),
            "somebody is there, and it is asked alone"
        );
        booth.feel(Mood::Healthy);
    };
    let (ended, ()) = tokio::join!(install(&machine.place, &file), hall);
    assert!(matches!(ended, Err(UpdateError::Place(_))), "{ended:?}");
    assert_eq!(machine.state().trial.map(|trial| trial.image), Some(image("2", "B")));
}
