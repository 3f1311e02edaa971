//! The power is cut while the booth's queue grows.

#[path = "../../ledger/tests/support/disk.rs"]
mod disk;
mod support;

use disk::{Disk, Mounted, Record, Step};
use engawa_booth::store::Outbox;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const FOLDER: &str = "ENGAWA_TEST_QUEUE";
const CUTS: usize = 60;
const ENTRIES: u32 = 80;

/// Not a test: the program whose machine loses its power.
#[test]
#[ignore = "run by the test below"]
fn writer() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let (mut outbox, _) = Outbox::open(Path::new(&folder)).expect("the queue opens");
    for n in 1..=ENTRIES {
        let (entry, contents) = support::entry(n);
        outbox.keep(&support::session(n), &entry, contents.as_ref()).expect("kept");
        // One write a line: a line that was cut short would be another number.
        std::io::stdout().write_all(format!("\nkept {n}\n").as_bytes()).expect("the pipe is there");
        // It goes on when its acknowledgement is in the record: before the next write.
        std::io::stdin().read_line(&mut String::new()).expect("the other pipe is there");
    }
}

// T8
#[test]
fn whatever_was_kept_is_there_after_every_cut_of_power() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = match Disk::make(folder.path(), 32 * 1024 * 1024) {
        Ok(disk) => disk,
        Err(reason) => return println!("SKIPPED: this machine does not let a test make a disk ({reason})"),
    };
    let this = std::env::current_exe().expect("this test is a program");
    let mut writer = Command::new(this);
    writer.args(["--exact", "writer", "--ignored", "--nocapture"]).env(FOLDER, disk.root().join("data"));
    let mut writer = writer.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the writer starts");
    let said = BufReader::new(writer.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let mut go = writer.stdin.take().expect("a pipe");
    for line in said.filter(|line| number(line).is_some()) {
        disk.acknowledged(&line);
        go.write_all(b"\n").expect("it listens");
    }
    assert!(writer.wait().expect("it ends").success());
    let record = disk.finish();
    let first = record.steps.iter().position(|step| matches!(step, Step::Acknowledged(_))).expect("it wrote");

    let mut most = 0;
    for cut in 0..CUTS {
        // Spread over the run, and anywhere within a part of it.
        let part = (record.steps.len() - first) / CUTS;
        let steps = first + part * cut + random() as usize % part.max(1);
        most = most.max(check(&record, steps, folder.path()));
    }
    println!("{CUTS} cuts of {} steps, up to {most} entries", record.steps.len());
    assert!(most > ENTRIES / 2, "the cuts were all at the beginning");
}

/// Cuts behind `steps`, starts the booth, and answers how much is there.
fn check(record: &Record, steps: usize, folder: &Path) -> u32 {
    let kept = |step: &Step| if let Step::Acknowledged(line) = step { number(line) } else { None };
    let known = record.steps[..steps].iter().rev().find_map(kept).unwrap_or(0);
    let image = record.cut(steps, || random().is_multiple_of(2));
    let mounted = Mounted::mount_bytes(&image, &folder.join("cut"), &folder.join("after")).expect("ext4 comes back");
    let (outbox, kept) = Outbox::open(&mounted.folder.join("data")).expect("it opens after any cut");
    let there = support::check(&kept, &outbox);
    assert!(there >= known, "cut behind step {steps}: {known} were acknowledged and {there} are there");
    there
}

fn number(line: &str) -> Option<u32> {
    line.strip_prefix("kept ")?.parse().ok()
}

fn random() -> u32 {
    getrandom::u32().expect("the kernel has random bits")
}
