//! The booth's control socket, as far as an update needs it.

use crate::place::Place;
use engawa_session::control::{Answer, Ask, LINE_BYTES};
use engawa_session::update::{BoothAnswer, Look, Permission, permission};
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::{Instant, sleep, timeout};

/// A check takes the camera and holds a call, which takes some seconds on a slow machine.
const CHECK: Duration = Duration::from_secs(60);
const ANSWER: Duration = Duration::from_secs(15);

/// The booth is closed until this is dropped.
#[derive(Debug)]
pub struct Lease {
    /// None when no booth runs.
    line: Option<Line>,
}

impl Lease {
    /// Whether the booth can no longer be believed to be closed: it has ended, or there was none.
    pub fn is_lost(&self) -> bool {
        self.line.as_ref().is_none_or(Line::is_over)
    }
}

/// Asks the booth to close, until it says yes or no; a silent one is waited for.
pub async fn close(place: &Place) -> Option<Lease> {
    let started = Instant::now();
    loop {
        let mut line = Line::open(&place.socket).await;
        let answer = match &mut line {
            Some(line) => line.ask(&Ask::Close, ANSWER).await,
            None => None,
        };
        let answer = match answer {
            Some(Answer::Closed) => BoothAnswer::Closed,
            Some(Answer::Busy) => BoothAnswer::Busy,
            Some(Answer::Report { .. } | Answer::Unknown { .. }) | None => {
                line = None;
                BoothAnswer::Silent(started.elapsed())
            }
        };
        match permission(answer) {
            Permission::Go => return Some(Lease { line }),
            Permission::Later => return None,
            Permission::AskAgain => sleep(place.pause).await,
        }
    }
}

/// Looks at the booth now.
pub async fn look(socket: &Path) -> Look {
    let Some(mut line) = Line::open(socket).await else { return Look::Silent };
    match line.ask(&Ask::Check, CHECK).await {
        Some(Answer::Report { report, healthy }) => {
            let faults = report.iter().flat_map(|report| report.faults()).map(|part| part.name().to_owned()).collect();
            Look::Seen { healthy, faults }
        }
        Some(Answer::Busy) => Look::Busy,
        Some(Answer::Closed | Answer::Unknown { .. }) | None => Look::Silent,
    }
}

/// Whether a booth answers at all.
pub async fn answers(socket: &Path) -> bool {
    match Line::open(socket).await {
        Some(mut line) => line.ask(&Ask::Report, ANSWER).await.is_some(),
        None => false,
    }
}

#[derive(Debug)]
struct Line {
    stream: BufReader<UnixStream>,
}

impl Line {
    async fn open(socket: &Path) -> Option<Self> {
        let stream = timeout(ANSWER, UnixStream::connect(socket)).await.ok()?.ok()?;
        Some(Self { stream: BufReader::new(stream) })
    }

    async fn ask(&mut self, ask: &Ask, within: Duration) -> Option<Answer> {
        let talk = async {
            let mut line = serde_json::to_vec(ask).expect("a question becomes JSON");
            line.push(b'\n');
            self.stream.get_mut().write_all(&line).await.ok()?;
            let mut answer = Vec::new();
            (&mut self.stream).take(LINE_BYTES as u64).read_until(b'\n', &mut answer).await.ok()?;
            serde_json::from_slice(&answer).ok()
        };
        timeout(within, talk).await.ok().flatten()
    }

    /// The other end has gone.
    fn is_over(&self) -> bool {
        let mut byte = [0];
        match self.stream.get_ref().try_read(&mut byte) {
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
            // The end, or a word that nobody asked for.
            Ok(_) => true,
        }
    }
}
