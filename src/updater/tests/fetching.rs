//! Bundles come over lines that break, and the power is cut in between.

mod support;

use engawa_session::update::Offer;
use engawa_updater::fetch::{FetchError, Pace, fetch};
use engawa_updater::service::{Service, ServiceError};
use engawa_updater::store::Store;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;
use support::booth::{Booth, Mood};
use support::origin::Origin;
use support::{COMPATIBLE, Machine, bundle, sha256, until};

const FAST: Pace = Pace { rate: u64::MAX, pause: Duration::from_millis(1) };

async fn bring(machine: &Machine, origin: &Origin) -> Result<Vec<u8>, FetchError> {
    let (store, service) = (Store::new(&machine.place.data), Service::new(&origin.url(), None).expect("a service"));
    let offer = service.offer(COMPATIBLE).await.expect("an answer").expect("an offer");
    let path = fetch(&store, &service, COMPATIBLE, &offer, FAST).await?;
    Ok(std::fs::read(path).expect("a bundle"))
}

// P3
#[tokio::test]
async fn a_line_that_breaks_anywhere_costs_no_byte_twice() {
    let bytes = bundle("2", 300_000);
    // Each answer breaks elsewhere: at its beginning, in a piece, at its very end.
    for breaks in
        [vec![1], vec![8192, 8192, 1], vec![100_003, 77, 199_000], vec![299_999], (1..40).map(|n| n * 97).collect()]
    {
        let (machine, origin) = (Machine::new(), Origin::open("2", bytes.clone()).await);
        origin.shelf.lock().expect("a shelf").breaks = breaks.clone();
        assert!(bring(&machine, &origin).await.expect("a bundle") == bytes, "{breaks:?}");
        let asked = origin.asked();
        let sums = breaks.iter().scan(0, |sum, count| {
            *sum += *count as u64;
            Some(*sum)
        });
        assert_eq!(asked, std::iter::once(0).chain(sums).collect::<Vec<_>>(), "each goes on where the last one broke");
    }
}

// P3
#[tokio::test]
async fn a_line_without_a_byte_is_given_up_until_later() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 50_000)).await);
    origin.shelf.lock().expect("a shelf").breaks = [vec![20_000], vec![0; 5]].concat();
    assert!(matches!(bring(&machine, &origin).await, Err(FetchError::Broken)));
    assert_eq!(bring(&machine, &origin).await.expect("a bundle").len(), 50_000);
    assert_eq!(origin.asked().last(), Some(&20_000), "what was here is kept");
}

// P3
#[tokio::test]
async fn a_service_without_ranges_begins_anew() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 50_000)).await);
    {
        let mut shelf = origin.shelf.lock().expect("a shelf");
        (shelf.breaks, shelf.whole_only) = (vec![30_000], true);
    }
    assert!(bring(&machine, &origin).await.expect("a bundle") == bundle("2", 50_000));
    assert_eq!(origin.asked(), [0, 0]);
}

// P3
#[tokio::test]
async fn a_bundle_that_changes_on_the_way_is_never_mixed_with_the_one_before() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 50_000)).await);
    origin.shelf.lock().expect("a shelf").breaks = [vec![20_000], vec![0; 5]].concat();
    assert!(bring(&machine, &origin).await.is_err());
    let other = bundle("2", 60_000);
    origin.shelf.lock().expect("a shelf").bytes = other.clone();
    assert!(bring(&machine, &origin).await.expect("a bundle") == other);
    assert_eq!(origin.asked().last(), Some(&0));
}

// P3
#[tokio::test]
async fn wrong_bytes_are_thrown_away() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 50_000)).await);
    origin.shelf.lock().expect("a shelf").sha256 = Some(sha256(b"others"));
    assert!(matches!(bring(&machine, &origin).await, Err(FetchError::Sum)));
    assert!(machine.bundles().is_empty());
}

// P3
#[tokio::test]
async fn a_bundle_for_which_there_is_no_room_is_not_begun() {
    let (machine, origin) = (Machine::new(), Origin::open("2", bundle("2", 50_000)).await);
    let store = Store::new(&machine.place.data);
    let service = Service::new(&origin.url(), None).expect("a service");
    let offer = Offer { version: "2".into(), size: 1 << 60, sha256: sha256(b"huge") };
    let brought = fetch(&store, &service, COMPATIBLE, &offer, FAST).await;
    assert!(matches!(brought, Err(FetchError::Full { .. })), "{brought:?}");
    assert!(origin.asked().is_empty());
}

#[tokio::test]
async fn what_cannot_be_is_not_believed() {
    for (version, size) in [("../../2", 10), ("2", 0), ("", 10), (".2", 10)] {
        let origin = Origin::open(version, bundle(version, size)).await;
        if size == 0 {
            origin.shelf.lock().expect("a shelf").bytes.clear();
        }
        let offer = Service::new(&origin.url(), None).expect("a service").offer(COMPATIBLE).await;
        assert!(matches!(offer, Err(ServiceError::Offer(_))), "{version}: {offer:?}");
    }
}

/// Runs the program itself; the power is cut when it is dropped.
struct Program(std::process::Child);

impl Program {
    fn update(machine: &Machine, origin: &Origin, rate: u64) -> Self {
        machine.put("booth.toml", &format!("service = \"{}\"\nname = \"A\"\n", origin.url()));
        let at = |name: &str| machine.path(name);
        let child = Command::new(env!("CARGO_BIN_EXE_engawa-updater"))
            .args(["--data".as_ref(), machine.place.data.as_os_str()])
            .args([
                "--device".as_ref(),
                at("device.json").as_os_str(),
                "--socket".as_ref(),
                at("booth.sock").as_os_str(),
            ])
            .args([
                "--os-release".as_ref(),
                at("os-release").as_os_str(),
                "--cmdline".as_ref(),
                at("cmdline").as_os_str(),
            ])
            .args(["--boot-id".as_ref(), at("boot_id").as_os_str(), "--rauc".as_ref(), at("rauc").as_os_str()])
            .args(["--systemctl".as_ref(), at("systemctl").as_os_str(), "--pause".as_ref(), "0.01".as_ref()])
            .args(["update".as_ref(), "--config".as_ref(), at("booth.toml").as_os_str()])
            .args(["--rate", &rate.to_string()])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        Self(child)
    }

    /// Waits for its end and gives back what it said.
    async fn ended(mut self) -> String {
        let child = &mut self.0;
        until("the end of the program", || child.try_wait().expect("a child").is_some()).await;
        let mut said = String::new();
        child.stderr.take().expect("its words").read_to_string(&mut said).expect("text");
        said
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

// P3
#[tokio::test]
async fn a_program_that_is_killed_again_and_again_still_brings_and_installs_the_bundle() {
    // Far more than comes before the last kill, however late that is.
    let bytes = bundle("2", 4_000_000);
    let (machine, origin) = (Machine::new(), Origin::open("2", bytes.clone()).await);
    let booth = Booth::open(&machine.place.socket, Mood::Healthy);
    let part = machine.place.data.join(format!("{}.raucb.part", sha256(&bytes)));
    let length = || std::fs::metadata(&part).map_or(0, |part| part.len());
    for more in [30_000, 70_000, 20_000, 90_000] {
        let before = length();
        let program = Program::update(&machine, &origin, 300_000);
        until("some bytes", || length() >= before + more).await;
        drop(program);
    }
    assert_eq!(machine.times("install"), 0);
    Program::update(&machine, &origin, 1 << 30).ended().await;
    assert!(origin.asked().windows(2).all(|two| two[0] < two[1]), "{:?}", origin.asked());
    assert_eq!((machine.times("install"), machine.times("systemctl reboot")), (1, 1));
    until("the booth to open again", || booth.closed() == 0).await;
}
