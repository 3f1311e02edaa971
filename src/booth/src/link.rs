//! The WebSocket to the service: opened again for ever, with a sign of life both ways.

use crate::inbox::{Happened, Post};
use anyhow::Context;
use engawa_booth::access::{Access, AccessError};
use engawa_booth::service::Service;
use engawa_protocol::{ClientMessage, CloseCode, ServiceMessage, limits};
use engawa_session::booth::{Input, LinkFault};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{Request, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, connect_async_tls_with_config, tungstenite};

const OPENING: Duration = Duration::from_secs(5);
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Nothing that the booth can do heals these; it looks again now and then.
const HOPELESS_WAIT: Duration = Duration::from_secs(30);
/// Another process enrols the booth meanwhile.
const ENROL_LOOK: Duration = Duration::from_secs(1);
const SILENCE: Duration = Duration::from_millis(limits::SILENCE_MS);
const PING_EVERY: Duration = Duration::from_millis(limits::PING_EVERY_MS);

/// The sending end. What is sent for an older connection than the present one is dropped.
#[derive(Debug, Clone)]
pub struct Link {
    outbox: mpsc::Sender<(u64, ClientMessage)>,
}

impl Link {
    /// The link and its task, which runs until the link is dropped.
    pub fn new(
        service: &Service,
        access: Access,
        post: Post,
    ) -> anyhow::Result<(Self, impl Future<Output = ()> + use<>)> {
        let url = format!("{}/ws", service.address().replacen("http", "ws", 1));
        let request = url.into_client_request().context("the service's address is not a URL")?;
        let door = Door { request, connector: Connector::Rustls(service.tls()), access };
        let (outbox, messages) = mpsc::channel(limits::QUEUE);
        Ok((Self { outbox }, run(door, messages, post)))
    }

    /// Sends on the connection numbered `connection`. What finds no room is dropped: then the
    /// line is as good as lost, and the room's log and the unanswered commands heal it.
    pub fn send(&self, connection: u64, message: ClientMessage) {
        if self.outbox.try_send((connection, message)).is_err() {
            tracing::warn!("the line to the service takes nothing more");
        }
    }
}

async fn run(door: Door, mut messages: mpsc::Receiver<(u64, ClientMessage)>, post: Post) {
    let (mut wait, mut told) = (FIRST_WAIT, "");
    for connection in 1u64.. {
        let opened = Instant::now();
        let fault = match connect(&door, connection, &mut messages, &post).await {
            Ok(()) => return,
            Err(fault) => fault,
        };
        post.input(Input::LinkDown(fault.link));
        if told != fault.text || fault.link == LinkFault::Network {
            tracing::info!(reason = fault.text, "not connected to the service");
        }
        told = fault.text;
        if opened.elapsed() > LONGEST_WAIT {
            wait = FIRST_WAIT;
        }
        sleep(match fault.link {
            LinkFault::Network => wait,
            LinkFault::NotEnrolled | LinkFault::EnrolRefused => ENROL_LOOK,
            _ => HOPELESS_WAIT,
        })
        .await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// How a connection is opened.
struct Door {
    request: Request<()>,
    connector: Connector,
    access: Access,
}

struct Fault {
    link: LinkFault,
    text: &'static str,
}

impl Fault {
    fn network(text: &'static str) -> Self {
        Self { link: LinkFault::Network, text }
    }
}

/// One connection, until it ends by a fault; `Ok` when the booth has dropped the link.
async fn connect(
    door: &Door,
    connection: u64,
    messages: &mut mpsc::Receiver<(u64, ClientMessage)>,
    post: &Post,
) -> Result<(), Fault> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(4 * limits::MESSAGE_BYTES))
        .max_frame_size(Some(4 * limits::MESSAGE_BYTES));
    let authorization = door.access.authorization().await.map_err(no_access)?;
    let mut request = door.request.clone();
    request.headers_mut().insert(header::AUTHORIZATION, authorization.clone());
    let opening = connect_async_tls_with_config(request, Some(config), true, Some(door.connector.clone()));
    let opening = timeout(OPENING, opening).await;
    let (mut socket, _) = match opening {
        Ok(Ok(opened)) => opened,
        Ok(Err(Error::Http(answer))) if answer.status() == StatusCode::UNAUTHORIZED => {
            if door.access.refused(&authorization).await {
                return Err(Fault::network("the sign-in is over"));
            }
            return Err(Fault { link: LinkFault::Unauthorized, text: "the device token is not known" });
        }
        Ok(Err(_)) => return Err(Fault::network("no connection")),
        Err(_) => return Err(Fault::network("no answer in time")),
    };
    post.happened(Happened::LinkUp(connection));
    let mut heard = Instant::now();
    let mut ping_at = Instant::now() + PING_EVERY;
    let mut pings = 0;
    loop {
        let message = tokio::select! {
            () = sleep_until(heard + SILENCE) => return Err(Fault::network("nothing was heard")),
            () = sleep_until(ping_at) => {
                ping_at += PING_EVERY;
                pings += 1;
                ClientMessage::Ping { n: pings }
            }
            message = messages.recv() => match message {
                Some((meant, message)) if meant == connection => message,
                Some(_) => continue,
                None => {
                    socket.close(None).await.ok();
                    return Ok(());
                }
            },
            received = socket.next() => {
                heard = Instant::now();
                if let Err(fault) = receive(received, post) {
                    if fault.link == LinkFault::Unauthorized {
                        // What it was opened with is worth nothing any more.
                        door.access.refused(&authorization).await;
                    }
                    return Err(fault);
                }
                continue;
            }
        };
        let text = serde_json::to_string(&message).expect("a message of ours becomes JSON");
        let sent = timeout(SILENCE, socket.send(Message::text(text))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return Err(Fault::network("sending failed"));
        }
    }
}

fn no_access(error: AccessError) -> Fault {
    let (link, text) = match error {
        AccessError::NotEnrolled => (LinkFault::NotEnrolled, "the booth has not enrolled yet"),
        AccessError::Refused => (LinkFault::EnrolRefused, "the booth's enrolment was refused"),
        AccessError::Unknown => (LinkFault::Unauthorized, "the service does not know the booth by its key"),
        AccessError::Identity(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the booth cannot sign in");
            (LinkFault::Unauthorized, "the booth's identity cannot be read")
        }
        AccessError::Away(_) => (LinkFault::Network, "no answer to the sign-in"),
    };
    Fault { link, text }
}

fn receive(received: Option<tungstenite::Result<Message>>, post: &Post) -> Result<(), Fault> {
    match received {
        Some(Ok(Message::Text(text))) => match serde_json::from_str::<ServiceMessage>(&text) {
            Ok(ServiceMessage::Fault { fault, text }) => tracing::warn!(?fault, text, "the service refused a message"),
            Ok(message) => post.input(Input::Received(message)),
            Err(error) => tracing::warn!(at = error.column(), "a message of the service is not understood"),
        },
        Some(Ok(Message::Close(Some(frame)))) => return Err(closed(u16::from(frame.code))),
        Some(Ok(Message::Close(None))) | None => return Err(Fault::network("closed")),
        Some(Ok(_)) => {}
        Some(Err(_)) => return Err(Fault::network("the connection broke")),
    }
    Ok(())
}

fn closed(code: u16) -> Fault {
    let slow = [CloseCode::Faults, CloseCode::Hello, CloseCode::Rate].map(|code| code as u16);
    let (link, text) = match code {
        code if slow.contains(&code) => (LinkFault::Misbehaved, "the service takes offence at what this booth sends"),
        code if code == CloseCode::Version as u16 => (LinkFault::Version, "the service speaks another version"),
        code if code == CloseCode::SignedOut as u16 => (LinkFault::Unauthorized, "the booth was signed out"),
        code if code == CloseCode::Replaced as u16 => (LinkFault::Replaced, "another process uses this token"),
        code if code == CloseCode::Restart as u16 => (LinkFault::Network, "the service restarts"),
        _ => (LinkFault::Network, "closed by the service"),
    };
    Fault { link, text }
}
