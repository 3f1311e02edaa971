//! A participant's WebSocket: the task that owns one connection.
//!
//! It recognises who is there before the upgrade, takes hello, holds the client to sizes, rates
//! and silence, and hands what it says to rooms and hall. Its writer sends what they answer.

mod talk;
mod write;

use crate::clock;
use crate::http::origin;
use crate::outlet::{End, Outlet};
use crate::service::Service;
use crate::visitor::{Identity, Visitor};
use crate::wire;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engawa_protocol::{ClientId, ClientMessage, CloseCode, Fault, PROTOCOL, ServiceMessage, limits};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use std::sync::Arc;
use std::time::Duration;
use talk::Talk;
use tokio::time::{Instant, timeout, timeout_at};

const HELLO: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_millis(limits::SILENCE_MS);
/// For saying goodbye to a client that may not be there.
const GOODBYE: Duration = Duration::from_secs(1);
/// A frame up to here is answered by a proper close; the rest of a larger one is not awaited.
const FRAME_BYTES: usize = 8 * limits::MESSAGE_BYTES;
/// Each connection keeps this much for reading; longer messages get more while they come. Left
/// alone it would be 128 KiB each, which is most of what a connection takes.
const READ_BYTES: usize = 4 * 1024;
/// Frames are drawn together up to here before they are written.
const WRITE_BYTES: usize = 4 * 1024;
/// Signs of life before hello.
const BEFORE_HELLO: usize = 32;

/// `GET /ws`.
pub async fn upgrade(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, StatusCode> {
    let identity = recognise(&service, &headers).await?;
    let place = service.seats.clone().try_acquire_owned().map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    if service.stop.is_cancelled() {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let upgrade = upgrade.max_message_size(FRAME_BYTES).max_frame_size(FRAME_BYTES);
    let upgrade = upgrade.read_buffer_size(READ_BYTES).write_buffer_size(WRITE_BYTES);
    let held = service.tasks.token();
    Ok(upgrade
        .on_upgrade(async move |socket| {
            let (_place, _held) = (place, held);
            serve(&service, socket, identity).await;
        })
        .into_response())
}

async fn recognise(service: &Service, headers: &HeaderMap) -> Result<Identity, StatusCode> {
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        return service.booth(authorization).await?.ok_or(StatusCode::UNAUTHORIZED);
    }
    // Any page of the world may open a WebSocket with the host's cookie (RFC 6455, 10.2).
    if !origin::is_ours(&service.config, headers) {
        return Err(StatusCode::FORBIDDEN);
    }
    let signed_in = service.signed_in(headers).await?.ok_or(StatusCode::UNAUTHORIZED)?;
    Ok(Identity::SignedIn(signed_in))
}

async fn serve(service: &Arc<Service>, socket: WebSocket, identity: Identity) {
    let connection = service.next_connection();
    let (sink, stream) = socket.split();
    let (outlet, inlet) = Outlet::new();
    let ended = inlet.end.clone();
    let writer = service.tasks.spawn(write::write(sink, inlet, outlet.clone()));
    let mut reader = Reader { stream, outlet: outlet.clone(), heard: Instant::now() };
    if let Some(client) = reader.hello(service).await {
        let visitor = Arc::new(Visitor::new(connection, client, &identity, outlet.clone()));
        tracing::info!(connection = connection.0, as_host = visitor.is_host(), "connected");
        visitor.send(&welcome(service, &identity));
        service.hall.entered(visitor.clone()).await;
        end_if_signed_out(service, &visitor).await;
        let mut talk = Talk::new(service, visitor);
        reader.converse(&mut talk, &identity).await;
        talk.leave().await;
        tracing::info!(connection = connection.0, why = ?*ended.borrow(), "disconnected");
    }
    // Reading on until the client has closed as well lets it see our close frame.
    let read_out = async { while let Some(Ok(_)) = reader.stream.next().await {} };
    timeout(GOODBYE, read_out).await.ok();
    writer.await.ok();
}

/// Between recognition and hello the hall did not know the connection: a sign-out or a revocation then
/// ended the others alone. From here on the hall tells.
async fn end_if_signed_out(service: &Service, visitor: &Visitor) {
    match service.stands(visitor).await {
        Ok(true) => {}
        Ok(false) => visitor.outlet.end(End::Close(CloseCode::SignedOut)),
        Err(_) => visitor.outlet.end(End::Close(CloseCode::Internal)),
    }
}

fn welcome(service: &Service, identity: &Identity) -> ServiceMessage {
    ServiceMessage::Welcome {
        protocol: PROTOCOL,
        you: identity.you(),
        event: service.config.event.clone(),
        ice_servers: service.config.ice_servers.clone(),
        now: clock::now(),
    }
}

struct Reader {
    stream: SplitStream<WebSocket>,
    outlet: Outlet,
    heard: Instant,
}

impl Reader {
    /// Waits for hello; none when there is no use in going on, with the reason set.
    async fn hello(&mut self, service: &Service) -> Option<ClientId> {
        let first = tokio::select! {
            () = service.stop.cancelled() => Err(End::Close(CloseCode::Restart)),
            first = timeout(HELLO, self.first_text()) => first.unwrap_or(Err(End::Close(CloseCode::Hello))),
        };
        let end = match first {
            Ok(text) => match wire::parse(&text) {
                Ok(ClientMessage::Hello { protocol: PROTOCOL, client }) => return Some(client),
                Ok(ClientMessage::Hello { .. }) => End::Close(CloseCode::Version),
                Ok(_) => {
                    let (fault, text) = (Fault::HelloExpected, "hello comes first".to_owned());
                    self.outlet.send(&ServiceMessage::Fault { fault, text });
                    End::Close(CloseCode::Hello)
                }
                Err(wire::Rejected { fault, text }) => {
                    self.outlet.send(&ServiceMessage::Fault { fault, text });
                    End::Close(CloseCode::Hello)
                }
            },
            Err(end) => end,
        };
        self.outlet.end(end);
        None
    }

    async fn first_text(&mut self) -> Result<Utf8Bytes, End> {
        // Bounded: a client that only pings is no client.
        for _ in 0..BEFORE_HELLO {
            let received = self.stream.next().await.ok_or(End::Gone)?;
            if let Some(text) = text_of(received)? {
                return Ok(text);
            }
        }
        Err(End::Close(CloseCode::Hello))
    }

    async fn converse(&mut self, talk: &mut Talk<'_>, identity: &Identity) {
        let mut ended = self.outlet.ended();
        let stop = talk.service.stop.clone();
        let until = sign_in_ends(identity);
        loop {
            let next = tokio::select! {
                biased;
                _ = ended.wait_for(Option::is_some) => return,
                () = stop.cancelled() => Err(End::Close(CloseCode::Restart)),
                () = tokio::time::sleep_until(until) => Err(End::Close(CloseCode::SignedOut)),
                next = timeout_at(self.heard + SILENCE, self.stream.next()) => match next {
                    Ok(Some(received)) => text_of(received),
                    Ok(None) => Err(End::Gone),
                    Err(_) => Err(End::Close(CloseCode::Silent)),
                },
            };
            self.heard = Instant::now();
            let taken = match next {
                Ok(text) => talk.take(text.as_deref()).await,
                Err(end) => Err(end),
            };
            if let Err(end) = taken {
                return self.outlet.end(end);
            }
        }
    }
}

fn sign_in_ends(identity: &Identity) -> Instant {
    let never = Duration::from_secs(10 * 365 * 24 * 60 * 60);
    let left = match identity {
        Identity::Booth { .. } => never,
        Identity::SignedIn(signed_in) => Duration::from_millis(signed_in.expires.0.saturating_sub(clock::now().0)),
    };
    Instant::now() + left.min(never)
}

/// The text of a frame; none for a sign of life. Bytes count as an empty text: they are answered as malformed.
fn text_of(received: Result<Message, axum::Error>) -> Result<Option<Utf8Bytes>, End> {
    match received {
        Ok(Message::Text(text)) if text.len() > limits::MESSAGE_BYTES => Err(End::TooBig),
        Ok(Message::Binary(bytes)) if bytes.len() > limits::MESSAGE_BYTES => Err(End::TooBig),
        Ok(Message::Text(text)) => Ok(Some(text)),
        Ok(Message::Binary(_)) => Ok(Some(Utf8Bytes::default())),
        Ok(Message::Ping(_) | Message::Pong(_)) => Ok(None),
        Ok(Message::Close(_)) => Err(End::Gone),
        Err(error) if is_too_big(&error) => Err(End::TooBig),
        Err(_) => Err(End::Gone),
    }
}

fn is_too_big(error: &axum::Error) -> bool {
    // axum hides the kind of error; its words are those of tungstenite's `CapacityError`.
    error.to_string().contains("too large") || error.to_string().contains("too long")
}
