//! The real program with a disk that does not open: it says so, and goes on when it does.

mod support;

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use support::Small;

const PATIENCE: Duration = Duration::from_secs(40);

/// A running booth, ended with this value.
struct Booth {
    child: Child,
    told: mpsc::Receiver<Value>,
    script: ChildStdin,
}

impl Booth {
    fn start(folder: &Path, data: &Path) -> Self {
        // A port at which nobody listens.
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
        fs::write(folder.join("token"), "token").expect("written");
        let config = format!(
            "service = \"http://{free}\"\ntoken_file = \"token\"\nview = \"headless\"\ndata = {data:?}\n\
             [video]\nsource = \"none\"\n[audio]\nsource = \"none\"\n[speaker]\nsink = \"silent\"\n"
        );
        fs::write(folder.join("booth.toml"), config).expect("written");
        let mut program = Command::new(env!("CARGO_BIN_EXE_engawa-booth"));
        program.arg("--config").arg(folder.join("booth.toml")).args(["--script", "-"]);
        let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let script = child.stdin.take().expect("it listens");
        let lines = BufReader::new(child.stdout.take().expect("it tells"));
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let values =
                lines.lines().map_while(Result::ok).filter_map(|line| serde_json::from_str::<Value>(&line).ok());
            values.take_while(|value| tell.send(value.clone()).is_ok()).for_each(drop);
        });
        Self { child, told, script }
    }

    /// Waits until it tells what is wanted.
    fn until(&self, what: &str, wanted: impl Fn(&Value) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut last = Value::Null;
        while let Ok(told) = self.told.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if wanted(&told) {
                return;
            }
            last = told;
        }
        panic!("waited for {what}; the last that it told is {last}");
    }

    fn quits(mut self) {
        self.script.write_all(b"quit\n").expect("it listens");
        let end = Instant::now() + PATIENCE;
        let mut ended = None;
        while ended.is_none() && Instant::now() < end {
            // It closes what it tells with its end.
            self.told.recv_timeout(Duration::from_millis(50)).ok();
            ended = self.child.try_wait().expect("it can be asked");
        }
        assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    }
}

impl Drop for Booth {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn out_of_order(fault: &str) -> impl Fn(&Value) -> bool {
    move |told| told["screen"] == "out-of-order" && told["fault"] == fault
}

/// Usable, or closed for another reason: there is no service here.
fn disk_is_here(told: &Value) -> bool {
    told["screen"] == "welcome" || out_of_order("E-NET-01")(told)
}

// P7
#[test]
fn a_booth_whose_folder_cannot_be_made_waits_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("made");
    for part in ["booth", "outbox"] {
        fs::remove_dir_all(data.join(part)).ok();
        // A file stands where a folder should.
        fs::write(data.join(part), "in the way").expect("written");
        let booth = Booth::start(folder.path(), &data);
        booth.until("the fault", out_of_order("E-DSK-02"));
        fs::remove_file(data.join(part)).expect("away");
        booth.until("a usable disk", disk_is_here);
        booth.quits();
    }
}

// P7
#[test]
fn a_booth_that_starts_with_a_full_disk_waits_for_room_on_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("made");
    let Some(small) = Small::mount(&data) else {
        println!("SKIPPED: this machine does not permit mounting a small file system");
        return;
    };
    let ballast = small.0.join("ballast");
    let mut file = fs::File::create(&ballast).expect("made");
    while file.write_all(&[1; 4096]).is_ok() {}
    // An open file keeps its room though it is removed.
    drop(file);
    let booth = Booth::start(folder.path(), &small.0);
    booth.until("the fault", out_of_order("E-DSK-01"));
    fs::remove_file(&ballast).expect("away");
    booth.until("a usable disk", disk_is_here);
    booth.quits();
}
