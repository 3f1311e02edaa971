//! A booth or a page, as far as the wire shows it.

use super::{PATIENCE, fresh_client, token, web};
use engawa_protocol::{
    ClientId, ClientMessage, Codec, Command, Fault, Locale, PROTOCOL, Peer, Recorded, Refusal, RoomId, Seq,
    ServiceMessage, Signal, limits,
};
use engawa_session::room::{Policy, Room};
use futures_util::{SinkExt, StreamExt};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

const PING_EVERY: Duration = Duration::from_millis(limits::PING_EVERY_MS);

pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub client: ClientId,
    n: u32,
    /// When it said something last.
    spoke: Instant,
    /// Came while something else was waited for.
    passed: VecDeque<ServiceMessage>,
}

/// Opens a WebSocket with these headers; the error is the HTTP status of a refusal.
pub async fn open(
    address: SocketAddr,
    headers: &[(&'static str, &str)],
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, u16> {
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    match timeout(PATIENCE, connect_async_with_config(request, Some(config), true)).await.expect("an answer in time") {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("no WebSocket: {error}"),
    }
}

pub async fn open_booth(address: SocketAddr, booth: &str) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    let bearer = format!("Bearer {}", token(booth));
    open(address, &[("authorization", &bearer)]).await.unwrap()
}

impl Client {
    pub async fn booth(address: SocketAddr, booth: &str) -> Self {
        Self::booth_as(address, booth, fresh_client()).await
    }

    pub async fn booth_as(address: SocketAddr, booth: &str, client: ClientId) -> Self {
        Self::greet(open_booth(address, booth).await, client).await
    }

    pub async fn host(address: SocketAddr, account: &str) -> Self {
        let cookie = web::sign_in(address, account).await;
        Self::host_as(address, &cookie, fresh_client()).await
    }

    pub async fn host_as(address: SocketAddr, cookie: &str, client: ClientId) -> Self {
        let origin = format!("http://{address}");
        let socket = open(address, &[("cookie", cookie), ("origin", &origin)]).await.unwrap();
        Self::greet(socket, client).await
    }

    pub async fn greet(socket: WebSocketStream<MaybeTlsStream<TcpStream>>, client: ClientId) -> Self {
        let mut me = Self::waiting(socket, client).await;
        let welcome = me.next().await;
        assert!(matches!(welcome, ServiceMessage::Welcome { protocol: PROTOCOL, .. }), "{welcome:?}");
        me
    }

    /// Has said hello, and not read the welcome yet.
    pub async fn waiting(socket: WebSocketStream<MaybeTlsStream<TcpStream>>, client: ClientId) -> Self {
        let mut me = Self { socket, client: client.clone(), n: 0, spoke: Instant::now(), passed: VecDeque::new() };
        me.send(&ClientMessage::Hello { protocol: PROTOCOL, client }).await;
        me
    }

    /// The commands of a client that was there before count on from `n`.
    pub fn counting_from(mut self, n: u32) -> Self {
        self.n = n;
        self
    }

    pub fn n(&self) -> u32 {
        self.n
    }

    pub async fn send(&mut self, message: &ClientMessage) {
        self.send_text(&serde_json::to_string(message).unwrap()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        timeout(PATIENCE, self.socket.send(Message::text(text))).await.expect("sent in time").expect("sent");
        self.spoke = Instant::now();
    }

    async fn read(&mut self) -> ServiceMessage {
        timeout(PATIENCE, self.listen()).await.expect("a message in time")
    }

    /// The next message, however late. Whoever says nothing is let go: it pings meanwhile, as real clients do.
    async fn listen(&mut self) -> ServiceMessage {
        loop {
            let Ok(received) = timeout_at(self.spoke + PING_EVERY, self.socket.next()).await else {
                self.spoke = Instant::now();
                self.socket.send(Message::Ping("alive".into())).await.expect("the connection stands");
                continue;
            };
            match received.expect("the connection stands").expect("the connection stands") {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// Listens for as long as `work` takes.
    pub async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::select! {
            done = work => done,
            () = self.stay() => unreachable!("it stays"),
        }
    }

    /// Listens for ever; what comes is kept.
    pub async fn stay(&mut self) {
        loop {
            let message = self.listen().await;
            self.passed.push_back(message);
        }
    }

    pub async fn next(&mut self) -> ServiceMessage {
        match self.passed.pop_front() {
            Some(message) => message,
            None => self.read().await,
        }
    }

    /// The first message that `pick` takes, of those that came and will come; others are kept.
    pub async fn until<T>(&mut self, mut pick: impl FnMut(&ServiceMessage) -> Option<T>) -> T {
        for at in 0..self.passed.len() {
            if let Some(picked) = pick(&self.passed[at]) {
                self.passed.remove(at);
                return picked;
            }
        }
        for _ in 0..2000 {
            let message = self.read().await;
            if let Some(picked) = pick(&message) {
                return picked;
            }
            self.passed.push_back(message);
        }
        panic!("waited in vain");
    }

    pub async fn answer(&mut self, wanted: u32) -> Result<(), Refusal> {
        self.until(|message| match message {
            ServiceMessage::Done { n, .. } if *n == wanted => Some(Ok(())),
            ServiceMessage::Refused { n, reason, .. } if *n == wanted => Some(Err(*reason)),
            _ => None,
        })
        .await
    }

    pub async fn command_as(&mut self, room: &RoomId, n: u32, command: Command) -> Result<(), Refusal> {
        self.send(&ClientMessage::Command { room: room.clone(), n, command, queue: None }).await;
        self.answer(n).await
    }

    pub async fn command(&mut self, room: &RoomId, command: Command) -> Result<(), Refusal> {
        self.n += 1;
        self.command_as(room, self.n, command).await
    }

    pub async fn knock(&mut self, room: &RoomId, company: &str) -> Result<(), Refusal> {
        let (company, name) = (company.parse().unwrap(), "佐藤花子".to_owned());
        self.command(room, Command::Knock { company, name, locale: Locale::Ja }).await
    }

    pub async fn join(&mut self, room: &RoomId) -> Result<(), Refusal> {
        self.command(room, Command::Join { receives: vec![Codec::H264], take_over: false }).await
    }

    /// Asks for the log after `after`, and answers what comes until it is up to date.
    pub async fn follow(&mut self, room: &RoomId, after: Seq) -> Vec<Recorded> {
        self.send(&ClientMessage::Follow { room: room.clone(), after }).await;
        let mut log = Vec::new();
        loop {
            let (events, last) = self.events(room).await;
            log.extend(events);
            if log.last().map_or(after, |event| event.seq) >= last {
                return log;
            }
        }
    }

    /// The next message with events of `room`.
    pub async fn events(&mut self, room: &RoomId) -> (Vec<Recorded>, Seq) {
        self.until(|message| match message {
            ServiceMessage::Events { room: of, events, last } if of == room => Some((events.clone(), *last)),
            _ => None,
        })
        .await
    }

    /// Reads on until `log`, which may be another follower's, holds an event that `is` takes.
    pub async fn events_until(&mut self, room: &RoomId, log: &mut Vec<Recorded>, is: impl Fn(&Recorded) -> bool) {
        for _ in 0..1000 {
            if log.iter().any(&is) {
                return;
            }
            let last = log.last().map_or(0, |event| event.seq);
            log.extend(self.events(room).await.0.into_iter().filter(|event| event.seq > last));
        }
        panic!("the event does not come");
    }

    pub async fn signal(&mut self, room: &RoomId, to: Peer, signal: Signal) {
        self.send(&ClientMessage::Signal { room: room.clone(), to, attempt: 1, signal }).await;
    }

    /// From whom, to which presence, and what.
    pub async fn signalled(&mut self) -> (Peer, Peer, Signal) {
        self.until(|message| match message {
            ServiceMessage::Signal { from, to, signal, .. } => Some((*from, *to, signal.clone())),
            _ => None,
        })
        .await
    }

    pub async fn fault(&mut self) -> Fault {
        self.until(|message| match message {
            ServiceMessage::Fault { fault, .. } => Some(*fault),
            _ => None,
        })
        .await
    }

    /// Everything that has come up to now: a ping is answered behind it.
    pub async fn so_far(&mut self) -> Vec<ServiceMessage> {
        self.n += 1;
        let n = self.n;
        self.send(&ClientMessage::Ping { n }).await;
        self.until(|message| matches!(message, ServiceMessage::Pong { n: of, .. } if *of == n).then_some(())).await;
        self.passed.drain(..).collect()
    }

    /// Reads until the connection is closed; answers the code.
    pub async fn closed(&mut self) -> u16 {
        for _ in 0..5000 {
            let received = timeout(PATIENCE, self.socket.next()).await.expect("a close in time");
            match received {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(Message::Text(text))) => self.passed.push_back(serde_json::from_str(&text).unwrap()),
                Some(Ok(_)) => {}
                other => panic!("no close frame: {other:?}"),
            }
        }
        panic!("the connection is not closed");
    }
}

/// The room that a log folds to.
pub fn fold(log: &[Recorded]) -> Room {
    let mut room = Room::new(Policy::default());
    for (recorded, seq) in log.iter().zip(1..) {
        assert_eq!(recorded.seq, seq, "the log has no gaps and nothing twice");
        room.apply(recorded);
    }
    room
}

/// The connection ends, with a close frame or without.
pub async fn is_closed(client: &mut Client) -> bool {
    for _ in 0..5000 {
        match timeout(PATIENCE, client.socket.next()).await.expect("an end in time") {
            Some(Ok(Message::Close(_)) | Err(_)) | None => return true,
            Some(Ok(_)) => {}
        }
    }
    false
}
