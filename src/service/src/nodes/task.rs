//! The task between this node and the others.

use super::message::{ALL, Letter, NodeId, Word};
use super::others::Count;
use super::{Nodes, Outgoing, Passed, lock};
use crate::hall;
use crate::outlet::ConnectionId;
use crate::rooms::Rooms;
use engawa_ledger::{RELAY_BYTES, Relayed, Subscription};
use futures_util::StreamExt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

const BEAT: Duration = Duration::from_secs(1);
/// We hear our own beats; without them we hear nobody.
const DEAF: Duration = Duration::from_millis(2500);
/// Everything is told at most so often.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// A failed subscription is tried again after this.
const AGAIN: Duration = Duration::from_secs(1);
/// For the last letter.
const GOODBYE: Duration = Duration::from_millis(500);

struct Task {
    nodes: Arc<Nodes>,
    rooms: Arc<Rooms>,
    hall: hall::Handle,
    /// Letters sent to all.
    number: u64,
    /// When our own letter came back last.
    heard: Instant,
    deaf: bool,
    asked: bool,
    told: Instant,
    failing: bool,
}

/// Listens, so that nothing is missed from here on, and answers the work to be done until the service stops.
///
/// # Errors
/// A relay that cannot be subscribed to.
pub async fn run(
    nodes: Arc<Nodes>,
    rooms: Arc<Rooms>,
    hall: hall::Handle,
    stop: CancellationToken,
) -> Result<impl Future<Output = ()> + Send + 'static, engawa_ledger::Error> {
    let mut streams = listen(&nodes).await?;
    let outgoing = lock(&nodes.to_send).take().expect("a node runs once");
    let (heard, told) = (Instant::now(), Instant::now());
    let mut task = Task { nodes, rooms, hall, number: 0, heard, deaf: false, asked: false, told, failing: false };
    task.send(None, Word::Ask).await;
    Ok(async move {
        let mut outgoing = outgoing;
        while !task.work(&mut streams, &mut outgoing, &stop).await {
            // The relay ended, which it does only with the ledger.
            tokio::time::sleep(AGAIN).await;
            if let Ok(again) = listen(&task.nodes).await {
                streams = again;
            }
        }
        timeout(GOODBYE, task.send(None, Word::Bye)).await.ok();
    })
}

async fn listen(nodes: &Nodes) -> Result<[Subscription; 2], engawa_ledger::Error> {
    Ok([nodes.ledger.subscribe(ALL).await?, nodes.ledger.subscribe(&nodes.id.subject()).await?])
}

impl Task {
    /// Answers true when the service stops.
    async fn work(
        &mut self,
        [to_all, to_me]: &mut [Subscription; 2],
        outgoing: &mut mpsc::Receiver<Outgoing>,
        stop: &CancellationToken,
    ) -> bool {
        let nodes = self.nodes.clone();
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return true,
                _ = beat.tick() => self.keep_time().await,
                () = nodes.changed.notified() => {
                    let news = lock(&nodes.own).news();
                    for word in news {
                        self.send(None, word).await;
                    }
                }
                Some((to, word)) = outgoing.recv() => self.send(to, word).await,
                heard = to_all.next() => match heard {
                    Some(heard) => self.hear(heard).await,
                    None => return false,
                },
                heard = to_me.next() => match heard {
                    Some(heard) => self.hear(heard).await,
                    None => return false,
                },
            }
        }
    }

    async fn keep_time(&mut self) {
        let now = Instant::now();
        self.deaf |= now.duration_since(self.heard) >= DEAF;
        if !self.deaf {
            let silent = lock(&self.nodes.others).silent(now);
            for node in silent {
                tracing::warn!(%node, "a node is not heard of any more");
                self.forget(&node).await;
            }
        }
        if self.asked && self.told.elapsed() >= TELL_EVERY {
            self.tell_everything().await;
        }
        self.send(None, Word::Beat).await;
    }

    async fn send(&mut self, to: Option<NodeId>, word: Word) {
        if to.is_none() {
            self.number += 1;
        }
        let number = if to.is_none() { self.number } else { 0 };
        let letter = Letter { from: self.nodes.id.clone(), number, word };
        let bytes = serde_json::to_vec(&letter).expect("a letter becomes JSON");
        if bytes.len() > RELAY_BYTES {
            return tracing::warn!(bytes = bytes.len(), "a letter to another node is too large");
        }
        let subject = to.map_or_else(|| ALL.to_owned(), |node| node.subject());
        let sent = self.nodes.ledger.publish(&subject, bytes.into()).await;
        if let Err(error) = &sent
            && !self.failing
        {
            tracing::warn!(error = error as &dyn std::error::Error, "the other nodes cannot be told");
        }
        self.failing = sent.is_err();
    }

    async fn tell_everything(&mut self) {
        (self.asked, self.told) = (false, Instant::now());
        let all = lock(&self.nodes.own).everything();
        for word in all {
            self.send(None, word).await;
        }
    }

    async fn hear(&mut self, relayed: Relayed) {
        // What was missed shows by the numbers.
        let Relayed::Message { message, .. } = relayed else { return };
        // Nodes of another version say words that we do not know; what is in them is not for the log.
        let Ok(Letter { from, number, word }) = serde_json::from_slice::<Letter>(&message) else {
            return tracing::debug!("a letter of another node is not understood");
        };
        let now = Instant::now();
        if from == self.nodes.id {
            self.heard = now;
            if std::mem::take(&mut self.deaf) {
                lock(&self.nodes.others).hear_again(now);
                self.send(None, Word::Ask).await;
                self.rooms.look_for_new();
            }
            return;
        }
        if number > 0 && !matches!(word, Word::Bye) {
            let count = lock(&self.nodes.others).heard(&from, number, now);
            match count {
                Count::Next => {}
                Count::Gap => {
                    self.send(Some(from.clone()), Word::Ask).await;
                    self.rooms.look_for_new();
                }
                Count::Full => return tracing::warn!("there are too many nodes"),
            }
        }
        self.take(from, word).await;
    }

    async fn take(&mut self, from: NodeId, word: Word) {
        let others = || lock(&self.nodes.others);
        let touched = match word {
            Word::Beat => return,
            Word::Ask => {
                self.asked = true;
                if self.told.elapsed() >= TELL_EVERY {
                    self.tell_everything().await;
                }
                return;
            }
            Word::Bye => return self.forget(&from).await,
            Word::Here { round, people } => others().here(&from, round, people),
            Word::Gone { connections } => others().gone(&from, &connections),
            Word::Complete { round } => others().complete(&from, round),
            Word::Opened { room } => return self.rooms.look_at(&room),
            Word::Still { room, jpeg } => return self.hall.still(&room, jpeg).await,
            Word::Attend { booth, by } => return self.hall.attended_elsewhere(booth, by).await,
            Word::SignedOut { session } => return self.hall.signed_out_elsewhere(session).await,
            Word::Replaced { connection } => return self.hall.replaced(ConnectionId(connection)).await,
            Word::Signal { room, client, to, seen, message } => {
                return self.rooms.pass(Passed { room, client, to, seen, message: *message });
            }
        };
        self.nodes.version.fetch_add(1, Ordering::Release);
        touched.iter().for_each(|room| self.rooms.look_around(room));
        self.hall.changed_elsewhere().await;
    }

    /// Whoever was there is absent from now on.
    async fn forget(&mut self, node: &NodeId) {
        if lock(&self.nodes.others).forget(node) {
            self.nodes.losses.fetch_add(1, Ordering::Release);
            self.nodes.version.fetch_add(1, Ordering::Release);
            self.rooms.look_around_everywhere();
            self.hall.changed_elsewhere().await;
        }
    }
}
