//! The real program, without a display: how it is, who may ask, and who is never disturbed.

#[path = "support/service.rs"]
mod service;

use engawa_booth::control::ask;
use engawa_session::control::{Answer, Ask};
use engawa_session::health::{Finding, Part};
use serde_json::Value;
use service::Service;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_engawa-booth");
const SOON: Duration = Duration::from_secs(30);
const LONG: Duration = Duration::from_secs(90);

/// A running booth with its folder; both are gone with this value.
struct Booth {
    folder: tempfile::TempDir,
    process: Child,
    script: ChildStdin,
    lines: Receiver<Value>,
}

impl Booth {
    /// `video` is the configuration's section of the camera.
    fn start(service: &str, video: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("write");
        write("token", "token");
        // A sound card that takes everything, as fast as it is played.
        write("asound.conf", "pcm.!default { type null }\nctl.!default { type null }\n");
        write("device.json", r#"{"version":"1.2.3","slot":"B"}"#);
        let config = format!(
            "service = \"{service}\"\ntoken_file = \"token\"\ndata = \"data\"\nview = \"headless\"\ncheck_minutes = 0\n\
             [video]\n{video}\n[audio]\nsource = \"tone\"\n[speaker]\ndevice = \"default\"\n\
             [media]\nwidth = 640\nheight = 360\n"
        );
        write("booth.toml", &config);
        let mut command = Command::new(PROGRAM);
        command.args(["--config", "booth.toml", "--script", "-", "--control", "booth.sock", "--device", "device.json"]);
        command.current_dir(folder.path()).env("ALSA_CONFIG_PATH", folder.path().join("asound.conf"));
        command.env_remove("RUNTIME_DIRECTORY").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the booth starts");
        let script = process.stdin.take().expect("piped");
        let out = BufReader::new(process.stdout.take().expect("piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let values = out.lines().map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok());
            values.for_each(|value| _ = sender.send(value));
        });
        let booth = Self { folder, process, script, lines };
        let begun = Instant::now();
        while !booth.socket().exists() {
            assert!(begun.elapsed() < SOON, "no control socket");
            std::thread::yield_now();
        }
        booth
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("booth.sock")
    }

    /// Has the script's line done.
    fn act(&mut self, line: &str) {
        writeln!(self.script, "{line}").expect("the booth runs");
        loop {
            let said = self.lines.recv_timeout(LONG).expect("the script goes on");
            assert!(said["error"].is_null(), "{line}: {said}");
            if said["done"] == line {
                return;
            }
        }
    }

    fn check(&self, more: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(["check", "--control", "booth.sock", "--device", "device.json"]).args(more);
        command.current_dir(self.folder.path()).output().expect("it runs")
    }

    fn ask(&self, what: &Ask) -> Answer {
        ask(&self.socket(), what, LONG).expect("the booth answers")
    }

    /// Asks until nobody is in the booth any more.
    fn ask_until_free(&self, what: &Ask) -> Answer {
        let begun = Instant::now();
        loop {
            match self.ask(what) {
                Answer::Busy if begun.elapsed() < SOON => std::thread::park_timeout(Duration::from_millis(100)),
                answer => return answer,
            }
        }
    }
}

impl Drop for Booth {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

// S4
#[test]
fn a_booth_that_works_says_so_and_never_disturbs_who_is_in_it() {
    let service = Service::start();
    let mut booth = Booth::start(&service.url, "source = \"test\"");
    assert_eq!(booth.socket().metadata().expect("the socket").permissions().mode() & 0o777, 0o660);
    booth.act("wait welcome 30");
    assert_eq!(booth.ask(&Ask::Report), Answer::Report { report: None, healthy: false });

    let begun = Instant::now();
    let out = booth.check(&["--json"]);
    println!("checked in {:.1} s", begun.elapsed().as_secs_f32());
    let said: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!((out.status.code(), &said["healthy"]), (Some(0), &Value::Bool(true)), "{said}");
    assert_eq!((&said["version"], &said["slot"]), (&"1.2.3".into(), &"B".into()));
    let parts: Vec<_> = said["checks"].as_array().expect("a list").iter().map(|check| &check["part"]).collect();
    assert_eq!(parts, ["screen", "camera", "microphone", "speaker", "call", "service", "disk", "panel"]);
    let table = booth.check(&[]);
    let text = String::from_utf8(table.stdout).expect("text");
    assert!(text.ends_with("healthy (1.2.3, slot B)\n") && text.contains("\ncall        good"), "{text}");
    let told = service.devices().pop().expect("the service was told");
    assert_eq!((told.version.as_str(), told.slot.as_deref(), told.faults), ("1.2.3", Some("B"), Some(Vec::new())));

    // Closed for as long as the one who closed it is there.
    let mut closing = UnixStream::connect(booth.socket()).expect("a connection");
    writeln!(closing, r#"{{"ask":"close"}}"#).expect("asked");
    let mut answer = String::new();
    BufReader::new(closing.try_clone().expect("a clone")).read_line(&mut answer).expect("answered");
    assert_eq!(answer.trim(), r#"{"answer":"closed"}"#);
    booth.act("wait out-of-order 10");
    assert!(matches!(booth.ask(&Ask::Check), Answer::Report { healthy: true, .. }), "a closed booth can be checked");
    drop(closing);
    booth.act("start");

    let busy = booth.check(&[]);
    assert_eq!(busy.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&busy.stderr).contains("somebody is in the booth"));
    assert_eq!(booth.ask(&Ask::Close), Answer::Busy);
    booth.act("back");
    booth.act("wait welcome 10");
    assert!(matches!(booth.ask_until_free(&Ask::Check), Answer::Report { healthy: true, .. }));
}

// S4
#[test]
fn a_booth_without_its_camera_closes_itself_and_who_comes_ends_a_check() {
    let service = Service::start();
    let mut booth = Booth::start(&service.url, "device = \"/dev/video-nosuch\"");
    booth.act("wait welcome 30");
    // The camera is looked for over some seconds: time enough for somebody to come.
    let mut asking = UnixStream::connect(booth.socket()).expect("a connection");
    writeln!(asking, r#"{{"ask":"check"}}"#).expect("asked");
    asking.set_read_timeout(Some(LONG)).expect("a wait");
    booth.act("start");
    let (came, mut answer) = (Instant::now(), String::new());
    BufReader::new(asking).read_line(&mut answer).expect("answered");
    assert_eq!(answer.trim(), r#"{"answer":"busy"}"#);
    assert!(came.elapsed() < Duration::from_secs(5), "it went on for {:?}", came.elapsed());
    // The candidate goes on, up to the own picture.
    booth.act("company minato");
    booth.act("name Hana");
    booth.act("back");
    booth.act("back");
    booth.act("back");
    booth.act("wait welcome 10");

    let Answer::Report { report: Some(report), healthy: false } = booth.ask_until_free(&Ask::Check) else {
        panic!("no report")
    };
    let Some(Finding::Failed { reason }) = report.finding(Part::Camera) else { panic!("{report:?}") };
    assert!(reason.contains("/dev/video-nosuch"), "{reason}");
    assert!(matches!(report.finding(Part::Call), Some(Finding::Good { .. })), "{report:?}");
    booth.act("wait out-of-order 10");
    // What the booth shows is a little ahead of what has gone over the line.
    let told = Some(vec!["camera".to_owned()]);
    let begun = Instant::now();
    while service.devices().pop().and_then(|device| device.faults) != told {
        assert!(begun.elapsed() < SOON, "the service was told {:?}", service.devices());
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

// S4
#[test]
fn without_a_running_booth_the_check_looks_by_itself() {
    let booth = Booth::start("http://127.0.0.1:9", "source = \"test\"");
    let folder = booth.folder.path();
    let mut command = Command::new(PROGRAM);
    command.args(["check", "--control", "none.sock", "--config", "booth.toml"]).current_dir(folder);
    let out = command.env("ALSA_CONFIG_PATH", folder.join("asound.conf")).output().expect("it runs");
    let text = String::from_utf8(out.stdout).expect("text");
    assert_eq!(out.status.code(), Some(1), "{text}");
    for line in ["call        good", "disk        good", "service     FAILED", "screen      unseen", "NOT healthy"] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
    let out = Command::new(PROGRAM).args(["check", "--control", "none.sock"]).current_dir(folder).output();
    let out = out.expect("it runs");
    assert_eq!(out.status.code(), Some(2), "without settings nothing can be said");
}

#[test]
fn nonsense_floods_and_silence_at_the_socket_harm_nobody_else() {
    let booth = Booth::start("http://127.0.0.1:9", "source = \"test\"");
    let mut rude = UnixStream::connect(booth.socket()).expect("a connection");
    let said = |stream: &mut UnixStream| {
        stream.set_read_timeout(Some(SOON)).expect("a wait");
        let mut answer = Vec::new();
        let mut byte = [0];
        while stream.read(&mut byte).is_ok_and(|n| n == 1) && byte[0] != b'\n' {
            answer.push(byte[0]);
        }
        String::from_utf8(answer).expect("text")
    };
    writeln!(rude, "dance").expect("written");
    assert!(said(&mut rude).starts_with(r#"{"answer":"unknown""#));
    writeln!(rude, r#"{{"ask":"report"}}"#).expect("it is still heard");
    assert!(said(&mut rude).starts_with(r#"{"answer":"report""#));
    rude.write_all(&[b'x'; 17 * 1024]).ok();
    assert!(said(&mut rude).contains("at most"));
    assert_eq!(said(&mut rude), "", "who says too much is let go");

    // More connections than places: those beyond are let go, and the places are free again afterwards.
    let held: Vec<_> = (0..8).map(|_| UnixStream::connect(booth.socket()).expect("a connection")).collect();
    let begun = Instant::now();
    let refused = |what| ask(&booth.socket(), what, SOON).is_err();
    while !refused(&Ask::Report) {
        assert!(begun.elapsed() < SOON, "a ninth one is heard");
    }
    drop(held);
    while refused(&Ask::Report) {
        assert!(begun.elapsed() < SOON, "the places stay taken");
    }
}
