//! The service killed again and again while clients write: what was acknowledged is there, once and in order.

mod support;

use engawa_protocol::{ClientId, ClientMessage, Command, Event, Locale, PROTOCOL, Recorded, RoomId, ServiceMessage};
use futures_util::{SinkExt, StreamExt};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;
use support::process::Process;
use support::{House, PATIENCE, fresh_client, fresh_room, token};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Kills of each of the two services that run beside each other.
const KILLS: usize = 100;
/// Commands that are under way at a time.
const UNDER_WAY: usize = 4;
/// A kill falls within this time after the service listens.
const LIVES: u64 = 120;

/// A guest who knocks and then writes on and on; what is not answered is sent again, in its order.
struct Writer {
    booth: &'static str,
    room: RoomId,
    client: ClientId,
    /// The number of the first command without an answer.
    next: u32,
    answered: BTreeSet<u32>,
    log: Vec<Recorded>,
}

impl Writer {
    fn new(booth: &'static str) -> Self {
        let (room, client) = (fresh_room(), fresh_client());
        Self { booth, room, client, next: 1, answered: BTreeSet::new(), log: Vec::new() }
    }

    fn command(&self, n: u32) -> ClientMessage {
        let command = match n {
            1 => Command::Knock { company: "minato".parse().unwrap(), name: "佐藤花子".into(), locale: Locale::Ja },
            2 => Command::Join { receives: vec![], take_over: false },
            _ => Command::Say { text: n.to_string() },
        };
        ClientMessage::Command { room: self.room.clone(), n, command, queue: None }
    }

    /// Writes until the service is gone.
    async fn write(&mut self, address: SocketAddr) -> Option<()> {
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        let bearer = format!("Bearer {}", token(self.booth));
        request.headers_mut().insert("authorization", bearer.parse().unwrap());
        let (mut socket, _) = connect_async(request).await.ok()?;
        let text = |message: &ClientMessage| Message::text(serde_json::to_string(message).unwrap());
        socket.send(text(&ClientMessage::Hello { protocol: PROTOCOL, client: self.client.clone() })).await.ok()?;
        // A room that is not there yet is followed once it is.
        let mut follows = !self.log.is_empty() || self.next > 1;
        if follows {
            let after = self.log.len() as u32;
            socket.send(text(&ClientMessage::Follow { room: self.room.clone(), after })).await.ok()?;
        }
        let mut sent = self.next - 1;
        loop {
            while (sent + 1 - self.next) < UNDER_WAY as u32 && (follows || sent == 0) {
                sent += 1;
                socket.send(text(&self.command(sent))).await.ok()?;
            }
            let Message::Text(received) = socket.next().await?.ok()? else { continue };
            match serde_json::from_str(&received).unwrap() {
                ServiceMessage::Done { n, .. } => {
                    assert_eq!(n, self.next, "answers come in the order of the commands");
                    self.answered.insert(n);
                    self.next = n + 1;
                    if !follows {
                        follows = true;
                        socket.send(text(&ClientMessage::Follow { room: self.room.clone(), after: 0 })).await.ok()?;
                    }
                }
                ServiceMessage::Refused { n, reason, .. } => panic!("command {n} is refused: {reason:?}"),
                ServiceMessage::Events { events, .. } => {
                    for event in events {
                        assert_eq!(
                            event.seq,
                            self.log.len() as u32 + 1,
                            "a follower misses nothing, and hears nothing twice"
                        );
                        self.log.push(event);
                    }
                }
                ServiceMessage::Fault { fault, text } => panic!("{fault:?}: {text}"),
                _ => {}
            }
        }
    }

    /// What is stored is what was told, and holds what was acknowledged, once and in its order.
    fn check(&self, stored: &[Recorded]) {
        assert_eq!(stored[..self.log.len()], self.log, "what was told is stored");
        let mine = stored.iter().filter(|event| !matches!(event.event, Event::Lost { .. } | Event::Back { .. }));
        let numbers: Vec<u32> = mine.map(|event| event.command.as_ref().expect("a command of mine").n).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "once and in order");
        let there: BTreeSet<_> = numbers.into_iter().collect();
        let missing: Vec<_> = self.answered.difference(&there).collect();
        assert!(missing.is_empty(), "acknowledged and not there: {missing:?}");
        let late = there.iter().find(|n| **n >= self.next + UNDER_WAY as u32);
        assert_eq!(late, None, "nothing is there that was not sent");
    }
}

fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % below
}

/// Kills a service of its own again and again; answers how much was acknowledged.
async fn survive(kills: usize) -> usize {
    let house = House::furnish("", "knock = 86400\nwaiting_grace = 86400");
    let mut writers = [Writer::new("a-01"), Writer::new("a-02")];
    for _ in 0..kills {
        let mut process = Process::start(&house).await;
        let (address, [one, two]) = (process.address, &mut writers);
        let killed = async {
            sleep(Duration::from_millis(random(LIVES))).await;
            process.kill().await;
        };
        let writing = async { tokio::join!(one.write(address), two.write(address), killed) };
        timeout(PATIENCE, writing).await.expect("a killed service ends its connections");
    }
    let ledger = house.ledger();
    let mut acknowledged = 0;
    for writer in &writers {
        writer.check(&engawa_ledger::Ledger::read(&ledger, &writer.room, 0).await.unwrap());
        acknowledged += writer.answered.len();
    }
    acknowledged
}

// N2, P7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_killed_two_hundred_times_while_clients_write_loses_nothing_and_repeats_nothing() {
    let begun = Instant::now();
    let one = tokio::spawn(survive(KILLS));
    let (one, two) = (one, survive(KILLS).await);
    let acknowledged = one.await.unwrap() + two;
    eprintln!("{} kills, {acknowledged} commands acknowledged, {:?}", 2 * KILLS, begun.elapsed());
    assert!(acknowledged > 2 * KILLS, "the clients hardly wrote");
}
