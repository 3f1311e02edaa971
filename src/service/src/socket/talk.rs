//! What a client that has said hello may say, and who hears it.

use crate::bucket::{Bucket, Rate};
use crate::clock;
use crate::outlet::End;
use crate::rooms::Action;
use crate::service::Service;
use crate::tickets::Invitation;
use crate::visitor::Visitor;
use crate::wire;
use engawa_protocol::{
    BoothId, ClientMessage, CloseCode, Command, Device, Fault, RoomId, ServiceMessage, Ticket, limits,
};
use engawa_session::room::Sender;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rooms that one connection follows or sits in; the one used longest ago gives way.
const ROOMS: usize = 32;

/// One client's conversation with the service.
pub(super) struct Talk<'a> {
    pub service: &'a Arc<Service>,
    visitor: Arc<Visitor>,
    bucket: Bucket,
    /// Rooms that count on this connection, the latest used last.
    rooms: VecDeque<RoomId>,
}

impl<'a> Talk<'a> {
    pub fn new(service: &'a Arc<Service>, visitor: Arc<Visitor>) -> Self {
        let rate = Rate { burst: limits::BURST, every: Duration::from_secs(1) / limits::RATE_PER_SECOND };
        Self { service, visitor, bucket: Bucket::new(rate, Instant::now()), rooms: VecDeque::new() }
    }

    /// Tells everybody who counts on the connection that it is gone.
    pub async fn leave(self) {
        let connection = self.visitor.connection;
        for room in &self.rooms {
            self.post_to_running(room, Action::Gone { connection }).await;
        }
        self.service.hall.left(connection).await;
    }

    /// Takes the text of a frame; none is a sign of life.
    pub async fn take(&mut self, text: Option<&str>) -> Result<(), End> {
        if self.bucket.take(Instant::now()).is_err() {
            return Err(End::Close(CloseCode::Rate));
        }
        match text.map_or(Ok(None), |text| wire::parse(text).map(Some)) {
            Ok(None) => {}
            Ok(Some(message)) => self.act(message).await,
            Err(wire::Rejected { fault, text }) => self.visitor.fault(fault, text),
        }
        Ok(())
    }

    async fn act(&mut self, message: ClientMessage) {
        let visitor = self.visitor.clone();
        match message {
            ClientMessage::Hello { .. } => visitor.fault(Fault::HelloExpected, "hello comes once"),
            ClientMessage::Follow { room, after } => {
                self.count_on(&room).await;
                self.post(&room, Action::Follow { visitor, after }).await;
            }
            ClientMessage::Unfollow { room } => {
                self.rooms.retain(|other| *other != room);
                let connection = visitor.connection;
                self.post_to_running(&room, Action::Gone { connection }).await;
            }
            ClientMessage::Command { room, n, command, queue } => {
                if matches!(command, Command::Join { .. }) {
                    self.count_on(&room).await;
                }
                self.post(&room, Action::Command { visitor, n, command, queue }).await;
            }
            ClientMessage::Redeem { n, ticket, take_over } => self.redeem(n, &ticket, take_over).await,
            ClientMessage::Signal { room, to, attempt, signal } => {
                self.post_to_running(&room, Action::Signal { visitor, to, attempt, signal }).await;
            }
            ClientMessage::Still { room, jpeg } => self.post_to_running(&room, Action::Still { visitor, jpeg }).await,
            ClientMessage::CallStaff { on } => self.call_staff(on).await,
            ClientMessage::Attend { booth, on } => self.attend(booth, on).await,
            ClientMessage::Device { device } => self.device(device),
            ClientMessage::Ping { n } => visitor.send(&ServiceMessage::Pong { n, now: clock::now() }),
        }
    }

    async fn redeem(&self, n: u32, ticket: &Ticket, take_over: bool) {
        let Sender::Guest { booth } = &self.visitor.sender else {
            return self.visitor.fault(Fault::NotAllowed, "redeem: for a booth's guest");
        };
        let answer = match self.service.tickets.redeem(&self.service.rooms, booth, ticket, take_over).await {
            Ok(Invitation { room, booking, goes_on }) => {
                ServiceMessage::Invited { n, room, booking, goes_on, now: clock::now() }
            }
            Err(reason) => ServiceMessage::NotInvited { n, reason },
        };
        self.visitor.send(&answer);
    }

    async fn call_staff(&self, on: bool) {
        match self.visitor.sender {
            Sender::Guest { .. } => self.service.hall.called(self.visitor.connection, on).await,
            _ => self.visitor.fault(Fault::NotAllowed, "call_staff: for a booth's guest"),
        }
    }

    fn device(&self, device: Device) {
        match &self.visitor.sender {
            Sender::Guest { booth } => self.service.booths.told(booth, device),
            _ => self.visitor.fault(Fault::NotAllowed, "device: for a booth"),
        }
    }

    async fn attend(&self, booth: BoothId, on: bool) {
        let Sender::Staff { name, .. } = &self.visitor.sender else {
            return self.visitor.fault(Fault::NotAllowed, "attend: for the staff");
        };
        if !self.service.booths.is_open(&booth) {
            return self.visitor.fault(Fault::NoSuchPeer, "attend: booth");
        }
        self.service.hall.attended(booth, on.then(|| name.clone())).await;
    }

    async fn post(&self, room: &RoomId, action: Action) {
        self.service.rooms.post(room, action).await;
    }

    async fn post_to_running(&self, room: &RoomId, action: Action) {
        self.service.rooms.post_to_running(room, action).await;
    }

    async fn count_on(&mut self, room: &RoomId) {
        self.rooms.retain(|other| other != room);
        if self.rooms.len() >= ROOMS
            && let Some(oldest) = self.rooms.pop_front()
        {
            let connection = self.visitor.connection;
            self.post_to_running(&oldest, Action::Gone { connection }).await;
        }
        self.rooms.push_back(room.clone());
    }
}
