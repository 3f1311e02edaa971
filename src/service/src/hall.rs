//! What everybody sees before they are in a room: the directory, the lobby, the queue, the staff's floor.
//!
//! One task owns the [`board::Board`]; rooms and connections post news to it. Pushes are drawn
//! together: the first change goes out at once, further ones at most every [`PUSH_EVERY`].

mod board;

use crate::booths::Booth;
use crate::config::Config;
use crate::fair::State;
use crate::nodes::Nodes;
use crate::outlet::ConnectionId;
use crate::visitor::Visitor;
use board::{Board, OnCall, RoomNews};
use engawa_protocol::{AccountId, BoothId, CompanyId, RoomId, ServiceMessage};
use engawa_session::room::Room;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Least time between two pushes of the same kind.
const PUSH_EVERY: Duration = Duration::from_millis(200);
/// Yesterday's interviews leave the list without anything happening.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
const NEWS: usize = 1024;

enum News {
    Entered(Arc<Visitor>),
    Left(ConnectionId),
    SignedOut(String),
    Room(RoomId, Box<RoomNews>),
    Still(RoomId, String),
    Replaced(ConnectionId),
    Called(ConnectionId, bool),
    Attended(BoothId, Option<String>),
    Elsewhere,
}

/// The way to the hall.
#[derive(Debug, Clone)]
pub struct Handle {
    news: mpsc::Sender<News>,
    on_call: OnCall,
    nodes: Arc<Nodes>,
}

/// The hall's task, to be run until the service stops.
pub fn open(
    config: Arc<Config>,
    fair: watch::Receiver<Arc<State>>,
    booths: watch::Receiver<Arc<[Booth]>>,
    nodes: Arc<Nodes>,
    stop: CancellationToken,
) -> (Handle, impl Future<Output = ()>) {
    let (news, incoming) = mpsc::channel(NEWS);
    let (on_call, changes) = (OnCall::default(), (fair.clone(), booths.clone()));
    let board = Board::new(config, fair, booths, nodes.clone(), on_call.clone());
    (Handle { news, on_call, nodes }, run(board, incoming, changes, stop))
}

impl Handle {
    /// Somebody said hello and is to be shown what there is.
    pub async fn entered(&self, visitor: Arc<Visitor>) {
        self.nodes.entered(&visitor);
        self.post(News::Entered(visitor)).await;
    }

    /// A connection is gone.
    pub async fn left(&self, connection: ConnectionId) {
        self.nodes.left(connection);
        self.post(News::Left(connection)).await;
    }

    /// A sign-in is over: its connections are closed.
    pub async fn signed_out(&self, session: String) {
        self.nodes.signed_out(&session);
        self.post(News::SignedOut(session)).await;
    }

    /// The same, told by another node.
    pub async fn signed_out_elsewhere(&self, session: String) {
        self.post(News::SignedOut(session)).await;
    }

    /// A connection's client has come to another node.
    pub async fn replaced(&self, connection: ConnectionId) {
        self.post(News::Replaced(connection)).await;
    }

    /// Others are on the other nodes now.
    pub async fn changed_elsewhere(&self) {
        self.post(News::Elsewhere).await;
    }

    /// A room is now like this.
    pub async fn room(&self, id: &RoomId, room: &Room) {
        if let (Some(company), Some(booth)) = (room.company(), room.booth()) {
            let summary = room.summary(id.clone(), String::new());
            let news = RoomNews {
                company: company.clone(),
                booth: booth.clone(),
                summary,
                over: room.is_over(),
                knocked: room.knocked(),
                rang_staff: room.rang_staff(),
            };
            self.post(News::Room(id.clone(), Box::new(news))).await;
        }
    }

    /// The guest at a booth asks for a person, or takes it back.
    pub async fn called(&self, connection: ConnectionId, on: bool) {
        self.post(News::Called(connection, on)).await;
    }

    /// Staff are on the way to a booth that calls, by their name; or done there, by none.
    pub async fn attended(&self, booth: BoothId, by: Option<String>) {
        self.nodes.attend(&booth, by.as_deref());
        self.post(News::Attended(booth, by)).await;
    }

    /// The same, told by another node.
    pub async fn attended_elsewhere(&self, booth: BoothId, by: Option<String>) {
        self.post(News::Attended(booth, by)).await;
    }

    /// The company's hosts who are signed in, in the order in which they came.
    pub fn on_call(&self, company: &CompanyId) -> Vec<AccountId> {
        let on_call = self.on_call.lock().unwrap_or_else(PoisonError::into_inner);
        on_call.get(company).cloned().unwrap_or_default()
    }

    /// The knocker's picture; it is dropped when the knock ends.
    pub async fn still(&self, room: &RoomId, jpeg: String) {
        self.post(News::Still(room.clone(), jpeg)).await;
    }

    async fn post(&self, news: News) {
        // The hall is gone only when the service stops, and then nobody is there to be shown it.
        self.news.send(news).await.ok();
    }
}

async fn run(
    mut board: Board,
    mut incoming: mpsc::Receiver<News>,
    (mut fair, mut booths): (watch::Receiver<Arc<State>>, watch::Receiver<Arc<[Booth]>>),
    stop: CancellationToken,
) {
    let mut pushed = Instant::now() - PUSH_EVERY;
    let mut changed = false;
    loop {
        let push = if changed { pushed + PUSH_EVERY } else { Instant::now() + LOOK_AGAIN };
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = sleep_until(push) => {
                board.push();
                (pushed, changed) = (Instant::now(), false);
            }
            Ok(()) = fair.changed() => changed = true,
            Ok(()) = booths.changed() => {
                // Whoever came before the change is to be looked at.
                while let Ok(news) = incoming.try_recv() {
                    take(&mut board, news);
                }
                board.shut_out();
                changed = true;
            }
            news = incoming.recv() => {
                let Some(news) = news else { return };
                take(&mut board, news);
                // What has piled up meanwhile makes one picture.
                while let Ok(news) = incoming.try_recv() {
                    take(&mut board, news);
                }
                changed = true;
            }
        }
    }
}

fn take(board: &mut Board, news: News) {
    match news {
        News::Entered(visitor) => board.enter(visitor),
        News::Left(connection) => board.leave(connection),
        News::SignedOut(session) => board.sign_out(&session),
        News::Replaced(connection) => board.replaced(connection),
        News::Called(connection, on) => board.call(connection, on),
        News::Attended(booth, by) => board.attend(&booth, by),
        // Whoever is elsewhere is asked for at the next push.
        News::Elsewhere => {}
        News::Room(id, news) => board.set_room(id, *news),
        News::Still(room, jpeg) => board.show_still(&room, &ServiceMessage::Still { room: room.clone(), jpeg }),
    }
}
