//! The booth is killed again and again while its queue grows.

mod support;

use engawa_booth::store::Outbox;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const FOLDER: &str = "ENGAWA_TEST_QUEUE";
const KILLS: u32 = 200;
/// A folder is killed this often, then comes a fresh one.
const A_FOLDER: u32 = 40;

/// Not a test: the program that is killed. It says `kept <n>` once the disk has entry `n`.
#[test]
#[ignore = "run by the test below"]
fn writer() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let (mut outbox, kept) = Outbox::open(Path::new(&folder)).expect("the queue opens");
    let first = kept.first().map_or(0, |kept| kept.session.last) + 1;
    let mut out = std::io::stdout();
    for n in first..first + 10_000 {
        let (entry, contents) = support::entry(n);
        outbox.keep(&support::session(n), &entry, contents.as_ref()).expect("kept");
        writeln!(out, "\nkept {n}").and_then(|()| out.flush()).expect("the pipe is there");
    }
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

// T8
#[test]
fn whatever_was_kept_is_there_in_order_after_every_kill() {
    let (mut total, mut acknowledged_in_all) = (0, 0);
    for _ in 0..KILLS / A_FOLDER {
        let folder = tempfile::tempdir().expect("a folder");
        let mut last = 0;
        for _ in 0..A_FOLDER {
            let mut random = [0; 2];
            getrandom::fill(&mut random).expect("the kernel has random bits");
            let acknowledged = run_and_kill(folder.path(), u32::from(random[0] % 12), random[1]);
            let (outbox, kept) = Outbox::open(folder.path()).expect("it opens after any kill");
            let there = support::check(&kept, &outbox);
            let known = acknowledged.unwrap_or(last);
            assert!(there >= known, "{known} were acknowledged and {there} are there");
            assert!(there <= known + 1 || acknowledged.is_none(), "there is more than was written");
            assert_eq!(kept.first().map_or(0, |kept| kept.session.last), there, "the session is of another moment");
            (last, total) = (there, total + 1);
        }
        acknowledged_in_all += last;
    }
    assert_eq!(total, KILLS);
    println!("{total} kills, {acknowledged_in_all} entries");
}

/// Lets the writer keep some entries and kills it a moment later; answers the last that it said.
fn run_and_kill(folder: &Path, entries: u32, moment: u8) -> Option<u32> {
    let this = std::env::current_exe().expect("this test is a program");
    let mut writer = Command::new(this);
    writer.args(["--exact", "writer", "--ignored", "--nocapture"]).env(FOLDER, folder);
    let mut writer = Killed(writer.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the writer starts"));
    let mut said = BufReader::new(writer.0.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let number = |line: &String| line.strip_prefix("kept ")?.parse::<u32>().ok();
    let mut last = None;
    for _ in 0..entries {
        last = said.by_ref().find_map(|line| number(&line)).or(last);
    }
    // The random moment is the point: anywhere between two entries or within one.
    std::thread::sleep(Duration::from_micros(u64::from(moment) * 40));
    writer.0.kill().expect("killed");
    writer.0.wait().expect("gone");
    said.filter_map(|line| number(&line)).last().or(last)
}
