//! A pretend machine: its files, a RAUC that is a shell script with a pretend boot loader, a booth that answers as told.

#![allow(dead_code, reason = "each story uses its own part")]

pub mod booth;
pub mod origin;

use engawa_session::update::{Image, State};
use engawa_updater::place::Place;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Nothing in a test is waited for longer.
pub const PATIENCE: Duration = Duration::from_secs(30);
pub const COMPATIBLE: &str = "engawa-booth-test";

/// Answers what stands in files beside it, and writes down what it was asked.
const RAUC: &str = r#"#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >> asked
case "$1" in
  info)
    for file; do :; done
    case "$(head -c 8 "$file")" in
      stranger) echo "signature verification failed: unknown signer" >&2; exit 1;;
      other*) echo '{"compatible":"engawa-booth-other","version":"2"}';;
      *) echo "{\"compatible\":\"engawa-booth-test\",\"version\":\"$(head -n 1 "$file")\"}";;
    esac;;
  install)
    [ ! -f grubkept ] || cp grubkept grubkept-in-writing
    [ ! -e slow ] || exec sleep 1000
    [ ! -e broken ] || { echo "failed to write slot" >&2; exit 1; };;
  status)
    case "$2" in
      mark-*) [ ! -f grubkept ] || cp grubkept "grubkept-at-$2";;
      *) [ ! -e ill ] || exit 1
         echo '{"compatible":"engawa-booth-test","booted":"A","boot_primary":"rootfs.0","slots":[
           {"rootfs.0":{"bootname":"A","boot_status":"'"$(cat other)"'"}},{"rootfs.1":{"bootname":"B","boot_status":"'"$(cat other)"'"}}]}';;
    esac;;
esac
"#;

pub struct Machine {
    pub folder: TempDir,
    pub place: Place,
}

impl Machine {
    /// Version 1 runs in A, and was good before.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let place = Place {
            data: at("data"),
            device: at("device.json"),
            socket: at("booth.sock"),
            os_release: at("os-release"),
            cmdline: at("cmdline"),
            boot_id: at("boot_id"),
            rauc_conf: vec![at("system.conf")],
            rauc: at("rauc"),
            systemctl: at("systemctl"),
            pause: Duration::from_millis(20),
        };
        let machine = Self { folder, place };
        std::fs::create_dir(&machine.place.data).expect("a folder");
        machine.script("rauc", RAUC);
        machine.script("systemctl", "#!/bin/sh\necho \"systemctl $*\" >> \"$(dirname \"$0\")/asked\"\n");
        machine.put("other", "good");
        machine.start("1", "A", "first");
        machine.keep(&State { good: Some(image("1", "A")), ..State::default() });
        machine
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    /// Written by another process: what another test's thread forks meanwhile would hold it open, and nobody runs a
    /// program that is open for writing.
    pub fn script(&self, name: &str, text: &str) {
        self.put("text", text);
        let (from, to) = (self.path("text"), self.path(name));
        let done =
            std::process::Command::new("install").args(["-m", "755"]).args([from, to]).status().expect("install");
        assert!(done.success());
    }

    /// What runs from now on.
    pub fn start(&self, version: &str, slot: &str, boot: &str) {
        self.put("os-release", &format!("NAME=Engawa\nIMAGE_VERSION=\"{version}\"\n"));
        self.put("cmdline", &format!("ro quiet rauc.slot={slot}\n"));
        self.put("boot_id", &format!("{boot}\n"));
    }

    /// Its boot loader is GRUB, with that memory.
    pub fn grub(&self, memory: &str) {
        self.put("grub.cfg", "");
        self.put("grubenv", memory);
        self.put("system.conf", &format!("[system]\ngrubenv={}\n", self.path("grubenv").display()));
    }

    /// What one of the boot loader's memories says, without what fills it up.
    pub fn memory(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.path(name)).expect("a file");
        assert_eq!(text.len(), 1024, "{text}");
        let said = text.strip_prefix("# GRUB Environment Block\n").expect("a block").trim_end_matches('#');
        said.lines().collect::<Vec<_>>().join(" ")
    }

    pub fn state(&self) -> State {
        engawa_updater::store::Store::new(&self.place.data).state().expect("a state")
    }

    pub fn keep(&self, state: &State) {
        let store = engawa_updater::store::Store::new(&self.place.data);
        store.change(|kept| *kept = state.clone()).expect("a disk");
    }

    /// What RAUC and systemctl were asked, without paths.
    pub fn asked(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.path("asked")).unwrap_or_default();
        let word =
            |line: &str| line.split(' ').filter(|word| !word.starts_with(['/', '-'])).collect::<Vec<_>>().join(" ");
        text.lines().map(word).collect()
    }

    /// How often something was asked.
    pub fn times(&self, what: &str) -> usize {
        self.asked().iter().filter(|asked| *asked == what).count()
    }

    /// Bundles and parts that lie on the disk.
    pub fn bundles(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.place.data).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
        names.filter(|name| name.contains(".raucb")).collect()
    }

    /// What the booth is told.
    pub fn device(&self) -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(&self.place.device).expect("a file")).expect("JSON")
    }
}

pub fn image(version: &str, slot: &str) -> Image {
    Image { version: version.into(), slot: slot.into() }
}

/// A pretend bundle: its version, and so many bytes that are never twice the same.
pub fn bundle(version: &str, size: usize) -> Vec<u8> {
    let mut bytes = format!("{version}\n").into_bytes();
    let mut seed = 88_172_645_463_325_252_u64;
    while bytes.len() < size {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        bytes.extend_from_slice(&seed.to_le_bytes());
    }
    bytes.truncate(size.max(version.len() + 1));
    bytes
}

pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(bytes))
}

/// Waits until something is so.
pub async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("waiting for {what}"));
}

pub fn exists(path: &Path) -> bool {
    path.exists()
}
