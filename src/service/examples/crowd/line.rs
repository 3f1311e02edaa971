//! One connection of the crowd: it pings, sends signals when it is told to, and notes when they arrive.

use anyhow::Context;
use futures_util::{SinkExt, StreamExt};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Whatever is waited for comes within this, or not at all.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// As a booth and a page do.
const PING_EVERY: Duration = Duration::from_millis(engawa_protocol::limits::PING_EVERY_MS);
/// What stands before the time in a signal.
const SENT_AT: &str = " at ";
/// A connection of the crowd has no need for more; it is the service's memory that is measured.
const READ_BYTES: usize = 4 * 1024;

pub async fn open(url: String, headers: &[(&'static str, &str)]) -> anyhow::Result<Socket> {
    let mut request = url.into_client_request()?;
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse()?);
    }
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
        .max_message_size(None)
        .max_frame_size(None);
    let opened = timeout(PATIENCE, connect_async_with_config(request, Some(config), true)).await;
    Ok(opened.context("no answer to the upgrade")?.context("no upgrade")?.0)
}

/// The next text that `pick` takes; others are passed over.
pub async fn until<T>(socket: &mut Socket, pick: impl Fn(&str) -> Option<T>) -> anyhow::Result<T> {
    let reading = async {
        loop {
            match socket.next().await.context("the connection ended")?? {
                Message::Text(text) => {
                    if let Some(picked) = pick(&text) {
                        return Ok(picked);
                    }
                }
                Message::Close(frame) => anyhow::bail!("closed: {frame:?}"),
                _ => {}
            }
        }
    };
    timeout(PATIENCE, reading).await.context("waited in vain")?
}

/// What the whole crowd has noticed.
#[derive(Default)]
pub struct Noticed {
    pub sent: AtomicU64,
    /// Microseconds from sending a signal to its arrival.
    pub delays: Mutex<Vec<u32>>,
    pub ended: AtomicU64,
    pub over: AtomicBool,
}

/// A connection that has come as far as it can send signals.
pub struct Line {
    pub socket: Socket,
    /// Makes the text of a signal around a candidate.
    pub signal: Box<dyn Fn(String) -> String + Send>,
    /// Makes the sign of life with this number.
    pub ping: fn(u32) -> Message,
    /// Received texts that begin so are signals.
    pub arrives: &'static str,
}

impl Line {
    /// Lives until the other side ends it; each message to it is the word to send one signal.
    pub async fn live(mut self, begun: Instant, mut words: mpsc::Receiver<()>, noticed: Arc<Noticed>) {
        let mut count = 0;
        let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let told = tokio::select! {
                received = self.socket.next() => match received {
                    Some(Ok(Message::Text(text))) => {
                        self.arrived(&text, begun, &noticed);
                        Ok(())
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => Ok(()),
                },
                _ = pings.tick() => {
                    count += 1;
                    self.socket.send((self.ping)(count)).await
                }
                Some(()) = words.recv() => {
                    noticed.sent.fetch_add(1, Ordering::Relaxed);
                    let candidate = candidate(begun.elapsed().as_micros());
                    self.socket.send(Message::Text((self.signal)(candidate).into())).await
                }
            };
            if told.is_err() {
                break;
            }
        }
        if !noticed.over.load(Ordering::Relaxed) {
            noticed.ended.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn arrived(&self, text: &Utf8Bytes, begun: Instant, noticed: &Noticed) {
        if !text.starts_with(self.arrives) {
            return;
        }
        let now = begun.elapsed().as_micros();
        let after = text.split_once(SENT_AT).map(|(_, after)| after);
        let digits = after.and_then(|after| after.split_once(' ')).map(|(digits, _)| digits);
        let Some(sent) = digits.and_then(|digits| digits.parse::<u128>().ok()) else { return };
        let delay = u32::try_from(now.saturating_sub(sent)).unwrap_or(u32::MAX);
        noticed.delays.lock().unwrap_or_else(PoisonError::into_inner).push(delay);
    }
}

/// As long as a real one.
fn candidate(micros: u128) -> String {
    format!(
        "candidate:842163049 1 udp 1677729535 192.0.2.17 46154 typ srflx{SENT_AT}{micros} raddr 10.0.0.17 rport 46154"
    )
}
