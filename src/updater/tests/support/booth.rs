//! A booth's control socket that answers as told.

use engawa_session::control::{Answer, Ask};
use engawa_session::health::{Check, Finding, Part, Report};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

/// How the booth is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Healthy,
    NoCamera,
    Busy,
}

#[derive(Debug, Default)]
struct Seen {
    closed: usize,
    checks: usize,
}

pub struct Booth {
    mood: Arc<Mutex<Mood>>,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Booth {
    pub fn open(socket: &Path, mood: Mood) -> Self {
        std::fs::remove_file(socket).ok();
        let listener = UnixListener::bind(socket).expect("a socket");
        let (mood, seen) = (Arc::new(Mutex::new(mood)), Arc::<Mutex<Seen>>::default());
        let task = tokio::spawn(accept(listener, mood.clone(), seen.clone()));
        Self { mood, seen, task }
    }

    pub fn feel(&self, mood: Mood) {
        *self.mood.lock().expect("a mood") = mood;
    }

    /// Connections that hold it closed.
    pub fn closed(&self) -> usize {
        self.seen.lock().expect("what was seen").closed
    }

    pub fn checks(&self) -> usize {
        self.seen.lock().expect("what was seen").checks
    }
}

impl Drop for Booth {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: UnixListener, mood: Arc<Mutex<Mood>>, seen: Arc<Mutex<Seen>>) {
    let mut lines = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        lines.spawn(answer(stream, mood.clone(), seen.clone()));
    }
}

async fn answer(stream: UnixStream, mood: Arc<Mutex<Mood>>, seen: Arc<Mutex<Seen>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut holds = 0;
    while let Ok(Some(line)) = lines.next_line().await {
        let mood = *mood.lock().expect("a mood");
        let healthy = mood != Mood::NoCamera;
        let answer = match serde_json::from_str(&line) {
            Ok(Ask::Close) if mood == Mood::Busy => Answer::Busy,
            Ok(Ask::Close) => {
                seen.lock().expect("what was seen").closed += 1;
                holds += 1;
                Answer::Closed
            }
            Ok(Ask::Check) if mood == Mood::Busy => Answer::Busy,
            Ok(Ask::Check | Ask::Report) => {
                seen.lock().expect("what was seen").checks += 1;
                Answer::Report { report: Some(report(healthy)), healthy }
            }
            Err(error) => Answer::Unknown { what: error.to_string() },
        };
        let line = serde_json::to_string(&answer).expect("JSON") + "\n";
        if write.write_all(line.as_bytes()).await.is_err() {
            break;
        }
    }
    seen.lock().expect("what was seen").closed -= holds;
}

fn report(healthy: bool) -> Report {
    let finding = match healthy {
        true => Finding::Good { figure: String::new() },
        false => Finding::Failed { reason: "no picture came".into() },
    };
    Report { checks: vec![Check { part: Part::Camera, finding }] }
}
