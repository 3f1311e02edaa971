//! A program that writes to a ledger in a folder and says what was acknowledged, until it is killed.
//!
//! It is the test's own program, started anew with one ignored test. Before it writes, it looks
//! whether what it said in its earlier lives is there.

use super::{assert_in_order, chunks, event_of, room};
use engawa_ledger::sled::SledLedger;
use engawa_ledger::{BlobHash, Expect, Ledger};
use engawa_protocol::Seq;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

const FOLDER: &str = "ENGAWA_TEST_WRITER_FOLDER";
const SAID: &str = "ENGAWA_TEST_WRITER_SAID";
const ROOMS: u8 = 4;
const KEYS: u64 = 40;

/// What was acknowledged: the last event of a room, the count in a key, the seeds of blobs.
#[derive(Debug, Default, Clone)]
pub struct Said(BTreeMap<String, u64>);

impl Said {
    /// Takes in a line of the writer; says whether it was an acknowledgement.
    pub fn hear(&mut self, line: &str) -> bool {
        let mut words = line.split(' ');
        let (Some("said"), Some(what), Some(number)) = (words.next(), words.next(), words.next()) else { return false };
        self.0.insert(what.to_owned(), number.parse().expect("the writer says numbers"));
        true
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Looks whether it is all in a ledger, once and in order.
    pub async fn check(&self, ledger: &SledLedger) -> Result<(), String> {
        let mut logs = BTreeMap::new();
        for room in ledger.rooms().await.map_err(|error| format!("rooms: {error:?}"))? {
            let log = ledger.read(&room, 0).await.map_err(|error| format!("{room}: {error:?}"))?;
            assert_in_order(&log, 1);
            logs.insert(room, log.len() as u64);
        }
        for (what, number) in &self.0 {
            let found = match what.split_at(1) {
                ("r", n) => logs.get(&room(n.parse().unwrap())).copied().unwrap_or(0),
                ("k", _) => {
                    let entry = ledger.value(what).await.map_err(|error| format!("{what}: {error:?}"))?;
                    entry.map_or(0, |entry| u64::from_be_bytes(entry.value[..8].try_into().unwrap()))
                }
                _ => {
                    let kept = ledger.has_blob(&BlobHash::of(&blob(*number))).await;
                    if kept.map_err(|error| format!("{what}: {error:?}"))? { *number } else { 0 }
                }
            };
            if found < *number {
                return Err(format!("{what}: {number} was acknowledged, {found} is there"));
            }
        }
        Ok(())
    }
}

fn blob(seed: u64) -> Vec<u8> {
    seed.to_be_bytes().repeat(500 + seed as usize % 3000)
}

/// The writer of a test program.
pub struct Writer {
    process: Child,
    pub lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Writer {
    /// Starts the ignored test `the_writer` of this program.
    pub fn start(folder: &Path, said: &Said) -> Self {
        let said: Vec<_> = said.0.iter().map(|(what, number)| format!("said {what} {number}")).collect();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["the_writer", "--exact", "--ignored", "--nocapture"])
            .env(FOLDER, folder)
            .env(SAID, said.join("\n"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// Kills it, and hears what it had still said.
    pub fn kill(mut self, mut hear: impl FnMut(&str)) {
        self.process.kill().unwrap();
        for line in self.lines.by_ref().map_while(Result::ok) {
            hear(&line);
        }
        self.process.wait().unwrap();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn say(what: &str, number: u64) {
    // One write a line: a line that was cut short would be another number.
    let line = format!("said {what} {number}\n");
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes()).and_then(|()| out.flush()).expect("somebody listens");
}

/// The body of the ignored test.
pub async fn write_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    // Behind what the test's frame has begun to print.
    println!();
    let ledger = Arc::new(SledLedger::open(Path::new(&folder)).unwrap());
    let mut said = Said::default();
    std::env::var(SAID).unwrap().lines().for_each(|line| assert!(said.hear(line)));
    said.check(&ledger).await.unwrap();
    println!("opened");
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..ROOMS {
        writers.spawn(append(ledger.clone(), writer));
        writers.spawn(put(ledger.clone(), u64::from(writer)));
    }
    writers.spawn(keep(ledger.clone()));
    writers.join_all().await;
}

async fn append(ledger: Arc<SledLedger>, writer: u8) {
    let mut last = ledger.read(&room(writer), 0).await.unwrap().len() as Seq;
    loop {
        let events: Vec<_> = (last + 1..=last + 1 + last % 3).map(|seq| event_of(seq, u64::from(seq))).collect();
        ledger.append(&room(writer), last, &events).await.unwrap();
        last += events.len() as Seq;
        say(&format!("r{writer}"), u64::from(last));
    }
}

async fn put(ledger: Arc<SledLedger>, writer: u64) {
    let mut count = 0;
    for number in 0..KEYS {
        let entry = ledger.value(&format!("k{number}")).await.unwrap();
        count = count.max(entry.map_or(0, |entry| u64::from_be_bytes(entry.value[..8].try_into().unwrap())));
    }
    loop {
        count += 1;
        // Each writer has its own keys, so the counts in a key only rise.
        let key = format!("k{}", (count * 13 % (KEYS / 4)) * 4 + writer);
        let length = if count % 50 == 0 { 16_000 } else { 8 + (count * 97 % 3000) as usize };
        let mut value = count.to_be_bytes().to_vec();
        value.resize(length, count as u8);
        ledger.put(&key, &value, Expect::Any).await.unwrap();
        say(&key, count);
        if count % 17 == 0 {
            ledger.delete(&format!("gone{writer}"), Expect::Any).await.unwrap();
            ledger.put(&format!("gone{writer}"), &value, Expect::New).await.unwrap();
        }
    }
}

async fn keep(ledger: Arc<SledLedger>) {
    let begun = std::process::id() as u64 * 1000;
    for seed in begun + 1.. {
        let bytes = blob(seed);
        ledger.put_blob(&BlobHash::of(&bytes), bytes.len() as u64, chunks(&bytes, 5000)).await.unwrap();
        say(&format!("b{seed}"), seed);
        // A blob now and then; the flushes belong to the logs.
        tokio::time::sleep(std::time::Duration::from_millis(40)).await;
    }
}
