//! The writing program killed, and the machine's power cut: what was acknowledged is there.

mod support;

use engawa_ledger::sled::SledLedger;
use std::path::Path;
use std::time::{Duration, Instant};
use support::disk::{Disk, Mounted, Record, Step};
use support::writer::{Said, Writer, write_until_killed};

const KILLS: usize = 200;
const CUTS: usize = 60;
const DISK_BYTES: u64 = 64 << 20;
/// How long the writer whose disk is cut goes on after its first acknowledgement.
const WRITING: Duration = Duration::from_millis(2500);
/// Folders do not grow for ever.
const KILLS_A_FOLDER: usize = 25;

/// Repeats itself, so that a failure can be looked at again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
#[ignore = "the writer that the other tests start"]
fn the_writer() {
    tokio::runtime::Runtime::new().unwrap().block_on(write_until_killed());
}

fn kill_often(seed: u64, kills: usize) {
    let mut chance = Chance(seed);
    let mut done = 0;
    while done < kills {
        let folder = tempfile::tempdir().unwrap();
        let mut said = Said::default();
        for _ in 0..KILLS_A_FOLDER.min(kills - done) {
            let mut writer = Writer::start(folder.path(), &said);
            // It has found all that it had said before.
            let opened = writer.lines.by_ref().map_while(Result::ok).any(|line| line == "opened");
            assert!(opened, "kill {done}: the writer did not find what it had said: {said:?}");
            let end = Instant::now() + Duration::from_millis(chance.below(40));
            while Instant::now() < end {
                said.hear(&writer.lines.next().expect("the writer goes on").unwrap());
            }
            writer.kill(|line| {
                said.hear(line);
            });
            done += 1;
        }
        assert!(!said.is_empty());
        let check = async { said.check(&SledLedger::open(folder.path()).unwrap()).await };
        tokio::runtime::Runtime::new().unwrap().block_on(check).unwrap();
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let (one, other) = (
        std::thread::spawn(|| kill_often(0x9e37_79b9_7f4a_7c15, KILLS / 2)),
        std::thread::spawn(|| kill_often(0x2545_f491_4f6c_dd1d, KILLS / 2)),
    );
    let (one, other) = (one.join(), other.join());
    one.and(other).unwrap();
}

/// Runs the writer on a disk that forgets; none, with a word about it, where none can be made.
fn recorded(folder: &Path) -> Option<Record> {
    let disk = match Disk::make(folder, DISK_BYTES) {
        Ok(disk) => disk,
        Err(why) => {
            eprintln!("skipped: a disk of the test's own needs root, FUSE and loop devices ({why})");
            return None;
        }
    };
    let mut said = Said::default();
    let mut writer = Writer::start(&disk.root().join("ledger"), &said);
    let mut end = None;
    for line in writer.lines.by_ref() {
        let line = line.unwrap();
        disk.acknowledged(&line);
        if said.hear(&line) && Instant::now() >= *end.get_or_insert_with(|| Instant::now() + WRITING) {
            break;
        }
    }
    writer.kill(|_| ());
    Some(disk.finish())
}

#[test]
fn what_was_acknowledged_survives_a_cut_of_power_at_any_write() {
    let folder = tempfile::tempdir().unwrap();
    let Some(record) = recorded(folder.path()) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut lost = Vec::new();
    let mut with_something = 0;
    for cut in 0..CUTS {
        let at = 1 + chance.below(record.steps.len() as u64) as usize;
        let mut said = Said::default();
        for step in &record.steps[..at] {
            if let Step::Acknowledged(line) = step {
                said.hear(line);
            }
        }
        with_something += usize::from(!said.is_empty());
        // All of what was not flushed is gone, or none of it, or some.
        let kind = chance.below(4);
        let image = record.cut(at, || kind == 1 || kind > 1 && chance.below(2) == 0);
        let again = Mounted::mount_bytes(&image, &folder.path().join("image"), &folder.path().join("again"));
        let again = again.unwrap_or_else(|error| panic!("cut {cut}: {error}"));
        let ledger = again.folder.join("ledger");
        let result = match SledLedger::open(&ledger) {
            Ok(ledger) => runtime.block_on(said.check(&ledger)),
            Err(error) => Err(format!("{error:?}")),
        };
        if let Err(what) = result {
            lost.push(format!("cut {cut} after step {at} of {}: {what}", record.steps.len()));
        }
    }
    assert!(with_something > CUTS / 2, "the cuts came before the writer had said anything");
    assert!(lost.is_empty(), "{} of {CUTS} cuts: {lost:#?}", lost.len());
}

/// Or the test above could not fail.
#[test]
fn a_disk_of_the_tests_forgets_what_was_not_flushed() {
    let folder = tempfile::tempdir().unwrap();
    let disk = match Disk::make(folder.path(), 8 << 20) {
        Ok(disk) => disk,
        Err(why) => return eprintln!("skipped: a disk of the test's own needs root, FUSE and loop devices ({why})"),
    };
    let write = |name: &str| {
        let file = std::fs::File::create(disk.root().join(name)).unwrap();
        std::io::Write::write_all(&mut &file, b"text").unwrap();
        file
    };
    write("flushed").sync_all().unwrap();
    std::fs::File::open(disk.root()).unwrap().sync_all().unwrap();
    disk.acknowledged("flushed");
    write("unflushed");
    disk.acknowledged("unflushed");
    let record = disk.finish();
    let end = record.steps.iter().rposition(|step| matches!(step, Step::Acknowledged(_))).unwrap() + 1;
    let image = record.cut(end, || false);
    let again = Mounted::mount_bytes(&image, &folder.path().join("image"), &folder.path().join("again")).unwrap();
    assert_eq!(std::fs::read(again.folder.join("flushed")).unwrap(), b"text");
    assert!(!again.folder.join("unflushed").exists());
}
