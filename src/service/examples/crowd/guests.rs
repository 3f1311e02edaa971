//! A booth and a host who meet in a room of the service.

use crate::fair;
use crate::line::{Line, Socket, open, until};
use anyhow::Context;
use engawa_protocol::{
    ClientId, ClientMessage, Codec, Command, CommandId, Event, Locale, PROTOCOL, Peer, RoomId, ServiceMessage, Signal,
};
use futures_util::SinkExt;
use std::net::SocketAddr;
use std::path::Path;
use tokio_tungstenite::tungstenite::Message;

/// Everybody who may come.
pub struct Guests {
    address: SocketAddr,
    cookies: Vec<String>,
}

/// Somebody in a room.
pub struct Guest {
    socket: Socket,
    client: ClientId,
    room: RoomId,
    n: u32,
}

impl Guests {
    pub fn of(folder: &Path, address: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self { address, cookies: fair::cookies(folder)? })
    }

    /// A pair in a call, which follows its room.
    pub async fn pair(&self, at: usize) -> anyhow::Result<[Line; 2]> {
        let (booth, host, [first, second]) = self.meet(at).await?;
        Ok([line(booth, second), line(host, first)])
    }

    /// The same, with the presences of booth and host.
    pub async fn meet(&self, at: usize) -> anyhow::Result<(Guest, Guest, [Peer; 2])> {
        let (url, origin) = (format!("ws://{}/ws", self.address), format!("http://{}", self.address));
        let room = RoomId::from_random(random()?);
        let bearer = format!("Bearer {}", fair::token(at));
        let mut booth = Guest::greet(open(url.clone(), &[("authorization", &bearer)]).await?, &room).await?;
        let (company, name) = (fair::company(at), "佐藤 花子".to_owned());
        booth.command(Command::Knock { company, name, locale: Locale::Ja }).await?;
        booth.follow().await?;
        let headers = [("cookie", self.cookies[at].as_str()), ("origin", &origin)];
        let mut host = Guest::greet(open(url, &headers).await?, &room).await?;
        host.follow().await?;
        host.command(Command::Admit).await?;
        let second = host.join().await?;
        let first = booth.join().await?;
        Ok((booth, host, [first, second]))
    }
}

fn line(guest: Guest, to: Peer) -> Line {
    let room = guest.room;
    Line {
        socket: guest.socket,
        signal: Box::new(move |candidate| {
            let signal = Signal::Candidate { candidate, line: 0 };
            text(&ClientMessage::Signal { room: room.clone(), to, attempt: 1, signal })
        }),
        ping: |n| Message::text(text(&ClientMessage::Ping { n })),
        arrives: "{\"type\":\"signal\"",
    }
}

impl Guest {
    async fn greet(socket: Socket, room: &RoomId) -> anyhow::Result<Self> {
        let client = ClientId::from_random(random()?);
        let mut guest = Self { socket, client: client.clone(), room: room.clone(), n: 0 };
        guest.send(&ClientMessage::Hello { protocol: PROTOCOL, client }).await?;
        guest.until("welcome", |text| text.starts_with("{\"type\":\"welcome\"").then_some(())).await?;
        Ok(guest)
    }

    async fn until<T>(&mut self, what: &str, pick: impl Fn(&str) -> Option<T>) -> anyhow::Result<T> {
        until(&mut self.socket, pick).await.with_context(|| format!("waiting for {what}"))
    }

    async fn follow(&mut self) -> anyhow::Result<()> {
        self.send(&ClientMessage::Follow { room: self.room.clone(), after: 0 }).await?;
        self.until("events", |text| text.starts_with("{\"type\":\"events\"").then_some(())).await
    }

    /// Joins; answers the presence that begins with it.
    async fn join(&mut self) -> anyhow::Result<Peer> {
        let n = self.begin(Command::Join { receives: vec![Codec::H264], take_over: false }).await?;
        let mine = CommandId { client: self.client.clone(), n };
        self.until("joined", |text| {
            let ServiceMessage::Events { events, .. } = serde_json::from_str(text).ok()? else { return None };
            let joined = events.iter().find(|recorded| recorded.command.as_ref() == Some(&mine))?;
            let Event::Joined { seat, .. } = joined.event else { return None };
            Some(Peer { seat, since: joined.seq })
        })
        .await
    }

    /// Has a command carried out and waits for it.
    pub async fn command(&mut self, command: Command) -> anyhow::Result<()> {
        let wanted = self.begin(command).await?;
        let done = self.until("done", |text| match serde_json::from_str(text).ok()? {
            ServiceMessage::Done { n, .. } if n == wanted => Some(Ok(())),
            ServiceMessage::Refused { n, reason, .. } if n == wanted => Some(Err(reason)),
            _ => None,
        });
        done.await?.map_err(|reason| anyhow::anyhow!("refused: {reason:?}"))
    }

    async fn begin(&mut self, command: Command) -> anyhow::Result<u32> {
        self.n += 1;
        self.send(&ClientMessage::Command { room: self.room.clone(), n: self.n, command, queue: None }).await?;
        Ok(self.n)
    }

    async fn send(&mut self, message: &ClientMessage) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::text(text(message))).await?)
    }
}

fn text(message: &ClientMessage) -> String {
    serde_json::to_string(message).expect("a message of ours becomes JSON")
}

fn random() -> anyhow::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
