//! The real RAUC and real signatures: whom it believes, and what it is told of.

mod support;

use engawa_session::update::Why;
use engawa_updater::rauc::Rauc;
use engawa_updater::update::{Ended, Source, UpdateError, update};
use std::path::{Path, PathBuf};
use std::process::Command;
use support::booth::{Booth, Mood};
use support::{Machine, bundle};

fn sh(folder: &Path, script: &str) {
    let said = Command::new("sh").args(["-euc", script]).current_dir(folder).output().expect("sh runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

/// Makes two CAs and a bundle of the first one's signer; answers the bundle.
fn signed(folder: &Path, signer: &str) -> PathBuf {
    for name in ["ours", "strangers"] {
        sh(folder, &format!(
            "[ ! -e {name}.cert ] || exit 0
             openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3 -subj /CN={name} \
               -keyout {name}.ca.key -out {name}.ca -addext basicConstraints=critical,CA:TRUE 2>/dev/null
             openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=bundles-of-{name} \
               -keyout {name}.key -out {name}.csr 2>/dev/null
             openssl x509 -req -in {name}.csr -CA {name}.ca -CAkey {name}.ca.key -CAcreateserial -days 3 -out {name}.cert 2>/dev/null"
        ));
    }
    let file = folder.join(format!("{signer}.raucb"));
    std::fs::create_dir_all(folder.join("in")).expect("a folder");
    std::fs::write(folder.join("in/root.ext4"), bundle("2", 300_000)).expect("a file");
    sh(folder, &format!(
        "printf '[update]\ncompatible=engawa-booth-test\nversion=2\n[bundle]\nformat=verity\n[image.rootfs]\nfilename=root.ext4\n' > in/manifest.raucm
         rauc --cert={signer}.cert --key={signer}.key bundle in {signer}.raucb >/dev/null 2>&1"
    ));
    file
}

/// The real RAUC verifies; whatever needs slots is the pretend one's.
fn machine_with_rauc(folder: &Path) -> Machine {
    let machine = Machine::new();
    std::fs::rename(machine.path("rauc"), machine.path("pretend")).expect("a program");
    let conf = machine.path("rauc.conf");
    let text = format!(
        "[system]\ncompatible=engawa-booth-test\nbootloader=noop\n[keyring]\npath={}\n\
         [slot.rootfs.0]\ndevice=/dev/null\nbootname=A\n[slot.rootfs.1]\ndevice=/dev/null\nbootname=B\n",
        folder.join("ours.ca").display(),
    );
    machine.put("rauc.conf", &text);
    let script = format!(
        "#!/bin/sh\ncase $1 in info) exec rauc --conf={} \"$@\";; esac\nexec \"$(dirname \"$0\")/pretend\" \"$@\"\n",
        conf.display()
    );
    machine.script("rauc", &script);
    machine
}

// P3
#[tokio::test]
async fn only_a_whole_bundle_of_a_signer_we_believe_is_installed() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = signed(folder.path(), "ours");
    let machine = machine_with_rauc(folder.path());
    let _booth = Booth::open(&machine.place.socket, Mood::Healthy);
    let rauc = Rauc { program: &machine.place.rauc };

    let strangers = rauc.info(&signed(folder.path(), "strangers")).await.expect_err("a stranger");
    assert!(strangers.is_final(), "{strangers}");
    let whole = std::fs::read(&good).expect("a bundle");
    let cut = folder.path().join("cut.raucb");
    for length in [whole.len() / 2, whole.len() - 1, 10, 0] {
        std::fs::write(&cut, &whole[..length]).expect("a file");
        let error = rauc.info(&cut).await.expect_err("a part");
        let ended = update(&machine.place, Source::File(&cut), true).await;
        assert!(matches!(ended, Err(UpdateError::Rauc(_))), "{length}: {error}: {ended:?}");
    }
    assert_eq!(machine.times("install"), 0);

    let info = rauc.info(&good).await.expect("ours");
    assert_eq!((&*info.compatible, &*info.version), ("engawa-booth-test", "2"));
    let ended = update(&machine.place, Source::File(&good), false).await;
    assert!(matches!(ended, Err(UpdateError::Place(_))), "{ended:?}");
    assert_eq!(machine.times("install"), 1);
}

// P3
#[tokio::test]
async fn a_strangers_bundle_from_the_service_is_refused_for_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = std::fs::read(signed(folder.path(), "strangers")).expect("a bundle");
    let machine = machine_with_rauc(folder.path());
    let origin = support::origin::Origin::open("2", bytes).await;
    let service = engawa_updater::service::Service::new(&origin.url(), None).expect("a service");
    let first = update(&machine.place, Source::Service(&service, u64::MAX), false).await;
    assert!(matches!(first, Err(UpdateError::Bundle(_))), "{first:?}");
    let second = update(&machine.place, Source::Service(&service, u64::MAX), false).await;
    assert!(matches!(second, Ok(Ended::Nothing(Why::Refused { .. }))), "{second:?}");
    assert_eq!(origin.asked(), [0]);
}
