//! The booth's control socket: what programs beside it ask, line by line (see [`engawa_session::control`]).
//!
//! [`Control`] is the booth's side: it carries questions to the session and answers back. [`ask`] is the other.

use engawa_session::booth::{Asker, Input};
use engawa_session::control::{Answer, Ask, LINE_BYTES};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader as Lines, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as Stream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

/// Connections at a time; one more is closed at once.
const CONNECTIONS: usize = 8;
/// Whoever says nothing for so long is let go, and after the longer time also who keeps the booth closed.
const IDLE: Duration = Duration::from_secs(60);
const CLOSED: Duration = Duration::from_secs(60 * 60);
/// The session answers a check long before.
const ANSWER: Duration = Duration::from_secs(90);
/// Whoever does not take an answer is let go.
const TAKEN: Duration = Duration::from_secs(5);

/// Takes what happens at the socket; it never waits.
pub type Tell = Arc<dyn Fn(Input) + Send + Sync>;

type Waiting = Arc<Mutex<BTreeMap<Asker, oneshot::Sender<Answer>>>>;

/// The way back to whoever asked.
#[derive(Debug, Clone, Default)]
pub struct Control {
    waiting: Waiting,
}

impl Control {
    /// Opens the socket, over what an earlier run has left there, and answers the task that serves it.
    ///
    /// # Errors
    /// The socket cannot be made at `path`.
    pub fn open(path: &Path, tell: Tell) -> std::io::Result<(Self, impl Future<Output = ()> + Send + use<>)> {
        // Whoever sees the socket may use it: it gets its name when the mode is set.
        let new = path.with_added_extension("new");
        match std::fs::remove_file(&new) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = std::os::unix::net::UnixListener::bind(&new)?;
        listener.set_nonblocking(true)?;
        // The group may ask; its folder keeps everybody else out.
        std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o660))?;
        std::fs::rename(&new, path)?;
        let control = Self::default();
        let waiting = control.waiting.clone();
        let task = async move {
            match UnixListener::from_std(listener) {
                Ok(listener) => listen(listener, waiting, tell).await,
                Err(error) => tracing::error!(%error, "the control socket cannot be served"),
            }
        };
        Ok((control, task))
    }

    /// Brings an answer to whoever asked, if that one is still there.
    pub fn answer(&self, to: Asker, answer: Answer) {
        let waiting = lock(&self.waiting).remove(&to);
        if let Some(waiting) = waiting {
            waiting.send(answer).ok();
        }
    }
}

fn lock(
    waiting: &Mutex<BTreeMap<Asker, oneshot::Sender<Answer>>>,
) -> std::sync::MutexGuard<'_, BTreeMap<Asker, oneshot::Sender<Answer>>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(listener: UnixListener, waiting: Waiting, tell: Tell) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    for number in 1.. {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Too many open files, as a rule: others will close theirs.
                tracing::warn!(%error, "a question to the booth was not taken");
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        let Ok(place) = free.clone().try_acquire_owned() else { continue };
        let (asker, waiting, tell) = (Asker(number), waiting.clone(), tell.clone());
        tokio::spawn(async move {
            let (reader, writer) = stream_halves(stream);
            serve(reader, writer, asker, &waiting, &tell).await;
            lock(&waiting).remove(&asker);
            tell(Input::AskerGone(asker));
            drop(place);
        });
    }
}

fn stream_halves(stream: UnixStream) -> (BufReader<OwnedReadHalf>, OwnedWriteHalf) {
    let (reader, writer) = stream.into_split();
    (BufReader::new(reader), writer)
}

/// Answers until the connection ends, says nothing for too long, or says too much.
async fn serve(
    mut reader: BufReader<OwnedReadHalf>,
    mut writer: OwnedWriteHalf,
    asker: Asker,
    waiting: &Waiting,
    tell: &Tell,
) {
    let mut patience = IDLE;
    loop {
        let mut line = Vec::new();
        let mut bounded = (&mut reader).take(LINE_BYTES as u64 + 1);
        match timeout(patience, bounded.read_until(b'\n', &mut line)).await {
            Ok(Ok(1..)) => {}
            _ => return,
        }
        let too_long = line.len() > LINE_BYTES;
        let answer = match serde_json::from_slice::<Ask>(&line) {
            _ if too_long => Answer::Unknown { what: format!("a line has at most {LINE_BYTES} bytes") },
            Err(error) => Answer::Unknown { what: error.to_string() },
            Ok(ask) => {
                let (sender, answer) = oneshot::channel();
                lock(waiting).insert(asker, sender);
                tell(Input::Asked { by: asker, ask });
                tokio::select! {
                    answered = timeout(ANSWER, answer) => match answered {
                        Ok(Ok(answer)) => answer,
                        _ => return,
                    },
                    () = gone(&mut reader) => return,
                }
            }
        };
        if answer == Answer::Closed {
            patience = CLOSED;
        }
        let mut text = serde_json::to_vec(&answer).expect("an answer of ours becomes JSON");
        text.push(b'\n');
        let taken = timeout(TAKEN, writer.write_all(&text)).await;
        if too_long || !matches!(taken, Ok(Ok(()))) {
            return;
        }
    }
}

/// Ends when the other side has hung up; a further question waits its turn.
async fn gone(reader: &mut BufReader<OwnedReadHalf>) {
    if matches!(reader.fill_buf().await, Ok(bytes) if !bytes.is_empty()) {
        std::future::pending::<()>().await;
    }
}

/// Why a booth could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody listens: no booth is running.
    #[error("no booth listens at the control socket")]
    Away,
    /// The socket is there, but not for this user, or it broke.
    #[error("asking the booth over its control socket (as root, or in group engawa?)")]
    Socket(#[source] std::io::Error),
    /// The answer is none.
    #[error("reading the booth's answer")]
    Answer(#[source] serde_json::Error),
}

/// Asks the booth at `path` one thing. The connection ends with it.
///
/// # Errors
/// No booth listens, it does not answer within `patience`, or it answers nonsense.
pub fn ask(path: &Path, ask: &Ask, patience: Duration) -> Result<Answer, AskError> {
    use std::io::ErrorKind::{ConnectionRefused, NotFound};
    let stream = Stream::connect(path).map_err(|error| match error.kind() {
        NotFound | ConnectionRefused => AskError::Away,
        _ => AskError::Socket(error),
    })?;
    let mut text = serde_json::to_vec(ask).map_err(AskError::Answer)?;
    text.push(b'\n');
    let mut line = Vec::new();
    let mut talk = || {
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(TAKEN))?;
        (&stream).write_all(&text)?;
        Lines::new((&stream).take(LINE_BYTES as u64)).read_until(b'\n', &mut line)
    };
    talk().map_err(AskError::Socket)?;
    serde_json::from_slice(&line).map_err(AskError::Answer)
}
