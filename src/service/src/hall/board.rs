//! Who is here and which rooms there are, and what booths, hosts and staff are shown of it.

mod calls;
mod floor;
mod show;

use crate::booths::Booth;
use crate::bucket::Buckets;
use crate::clock;
use crate::config::Config;
use crate::fair::State;
use crate::nodes::{Call, Nodes, Present};
use crate::outlet::{ConnectionId, End, frame};
use crate::visitor::Visitor;
use axum::extract::ws::Utf8Bytes;
use engawa_protocol::{
    AccountId, BoothId, CloseCode, CompanyId, Millis, Progress, RoomId, RoomSummary, ServiceMessage,
};
use engawa_session::room::Sender;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Interviews that are over in a host's list.
const ENDED: usize = 50;
/// Pages that one account may have open; the oldest gives way.
const PAGES: usize = 8;

/// A room as the hall knows it.
#[derive(Debug, Clone)]
pub(super) struct RoomNews {
    pub company: CompanyId,
    pub booth: BoothId,
    pub summary: RoomSummary,
    pub over: bool,
    /// When the guest knocked last.
    pub knocked: Option<Millis>,
    /// That knock was passed on to the staff.
    pub rang_staff: bool,
}

struct Entry {
    news: RoomNews,
    still: Option<Utf8Bytes>,
}

struct Presence {
    visitor: Arc<Visitor>,
    came: Millis,
    /// The place that a booth was told last.
    place: Option<(RoomId, u32)>,
    /// The booth's guest asks for a person.
    call: Option<Call>,
}

pub(super) struct Board {
    config: Arc<Config>,
    fair: watch::Receiver<Arc<State>>,
    booths: watch::Receiver<Arc<[Booth]>>,
    /// Who is on the other nodes.
    nodes: Arc<Nodes>,
    rooms: BTreeMap<RoomId, Entry>,
    /// In the order in which they came.
    present: BTreeMap<ConnectionId, Presence>,
    /// What was sent last, each.
    directory: Option<Utf8Bytes>,
    lobbies: BTreeMap<CompanyId, Utf8Bytes>,
    floor: Option<Utf8Bytes>,
    on_call: OnCall,
    calls: Buckets<BoothId>,
}

/// The hosts that are signed in, by company, in the order in which they came: whom a knock rings (W14).
pub(super) type OnCall = Arc<Mutex<BTreeMap<CompanyId, Vec<AccountId>>>>;

impl Board {
    pub fn new(
        config: Arc<Config>,
        fair: watch::Receiver<Arc<State>>,
        booths: watch::Receiver<Arc<[Booth]>>,
        nodes: Arc<Nodes>,
        on_call: OnCall,
    ) -> Self {
        let (rooms, present, lobbies) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let calls = Buckets::new(calls::RATE, calls::COUNTED);
        Self { config, fair, booths, nodes, rooms, present, directory: None, lobbies, floor: None, on_call, calls }
    }

    /// Takes somebody in, in place of an earlier connection of the same booth or client (E8).
    pub fn enter(&mut self, visitor: Arc<Visitor>) {
        let actor = visitor.sender.actor();
        let earlier = || self.present.values().map(|p| &p.visitor).filter(|other| other.sender.actor() == actor);
        let same = |other: &&Arc<Visitor>| match other.sender {
            Sender::Guest { .. } => true,
            Sender::Host { .. } | Sender::Staff { .. } => other.client == visitor.client,
        };
        earlier().filter(same).for_each(|other| other.outlet.end(End::Close(CloseCode::Replaced)));
        let open: Vec<_> = earlier().filter(|other| !other.outlet.is_ended()).collect();
        let too_many = (open.len() + 1).saturating_sub(PAGES);
        open.iter().take(too_many).for_each(|other| other.outlet.end(End::Close(CloseCode::Replaced)));
        match &visitor.sender {
            Sender::Guest { .. } => visitor.outlet.send_frame(self.fresh_directory()),
            Sender::Staff { .. } => visitor.outlet.send_frame(self.fresh_floor()),
            Sender::Host { company, .. } => {
                visitor.outlet.send_frame(self.fresh_lobby(company));
                let stills = self.rooms.values().filter(|entry| entry.news.company == *company);
                stills.filter_map(|entry| entry.still.clone()).for_each(|still| visitor.outlet.send_frame(still));
            }
        }
        self.present.insert(visitor.connection, Presence { visitor, came: clock::now(), place: None, call: None });
    }

    pub fn leave(&mut self, connection: ConnectionId) {
        self.present.remove(&connection);
    }

    /// Its client is connected to another node now (E8).
    pub fn replaced(&self, connection: ConnectionId) {
        if let Some(presence) = self.present.get(&connection) {
            presence.visitor.outlet.end(End::Close(CloseCode::Replaced));
        }
    }

    /// Whoever is here or on another node, in the order in which they came.
    fn everybody(&self) -> Vec<Present> {
        let mut all = self.nodes.people();
        all.extend(self.present.values().map(|presence| Present {
            came: presence.came,
            sender: presence.visitor.sender.clone(),
            call: presence.call.clone(),
        }));
        all.sort_by_key(|present| present.came);
        all
    }

    pub fn sign_out(&self, session: &str) {
        let theirs = self.present.values().filter(|p| p.visitor.session.as_deref() == Some(session));
        theirs.for_each(|p| p.visitor.outlet.end(End::Close(CloseCode::SignedOut)));
    }

    /// Closes the connections of booths that no longer stand as they came.
    pub fn shut_out(&mut self) {
        let booths = self.booths.borrow().clone();
        let stands = |session: &str| booths.iter().any(|booth| booth.session.as_deref() == Some(session));
        for Presence { visitor, .. } in self.present.values() {
            if !visitor.is_host() && visitor.session.as_deref().is_some_and(|session| !stands(session)) {
                visitor.outlet.end(End::Close(CloseCode::SignedOut));
            }
        }
    }

    pub fn set_room(&mut self, id: RoomId, mut news: RoomNews) {
        news.summary.booth = match self.booths.borrow().iter().find(|booth| booth.id == news.booth) {
            Some(booth) => booth.name.clone(),
            None => news.booth.to_string(),
        };
        let earlier = self.rooms.remove(&id).and_then(|entry| entry.still);
        let still = earlier.filter(|_| news.summary.progress == Progress::Knocking);
        let (company, over) = (news.company.clone(), news.over);
        self.rooms.insert(id, Entry { news, still });
        if over {
            self.forget_long_over(&company);
        }
    }

    /// Shows a picture to the hosts of the company whose knock it belongs to.
    pub fn show_still(&mut self, room: &RoomId, message: &ServiceMessage) {
        let Some(entry) = self.rooms.get_mut(room) else { return };
        if entry.news.summary.progress != Progress::Knocking {
            return;
        }
        let still = frame(message);
        entry.still = Some(still.clone());
        let hosts = self.present.values().filter(|p| p.visitor.company() == Some(&entry.news.company));
        hosts.for_each(|p| p.visitor.outlet.send_frame(still.clone()));
    }

    /// Sends everybody what has changed for them since the last time.
    pub fn push(&mut self) {
        self.tell_on_call();
        let directory = self.make_directory();
        if self.directory.replace(directory.clone()) != Some(directory.clone()) {
            let booths = self.present.values().filter(|p| matches!(p.visitor.sender, Sender::Guest { .. }));
            booths.for_each(|p| p.visitor.outlet.send_frame(directory.clone()));
        }
        let companies: BTreeSet<_> = self.present.values().filter_map(|p| p.visitor.company().cloned()).collect();
        self.lobbies.retain(|company, _| companies.contains(company));
        for company in companies {
            let lobby = self.make_lobby(&company);
            if self.lobbies.insert(company.clone(), lobby.clone()) != Some(lobby.clone()) {
                let hosts = self.present.values().filter(|p| p.visitor.company() == Some(&company));
                hosts.for_each(|p| p.visitor.outlet.send_frame(lobby.clone()));
            }
        }
        self.push_floor();
        self.push_places();
    }

    fn tell_on_call(&self) {
        let mut on_call: BTreeMap<CompanyId, Vec<AccountId>> = BTreeMap::new();
        for Present { sender, .. } in self.everybody() {
            if let Sender::Host { account, company, .. } = sender {
                let accounts = on_call.entry(company).or_default();
                if !accounts.contains(&account) {
                    accounts.push(account);
                }
            }
        }
        *self.on_call.lock().unwrap_or_else(PoisonError::into_inner) = on_call;
    }

    /// Tells waiting booths their place among the company's knocks (W11).
    fn push_places(&mut self) {
        let mut knocks: Vec<_> =
            self.rooms.values().filter(|e| e.news.summary.progress == Progress::Knocking).collect();
        knocks.sort_by_key(|entry| (entry.news.summary.since, entry.news.summary.room.clone()));
        let mut ahead: BTreeMap<&CompanyId, u32> = BTreeMap::new();
        let mut places: BTreeMap<&BoothId, (RoomId, u32)> = BTreeMap::new();
        for entry in knocks {
            let place = ahead.entry(&entry.news.company).or_default();
            *place += 1;
            places.insert(&entry.news.booth, (entry.news.summary.room.clone(), *place));
        }
        for presence in self.present.values_mut() {
            let Sender::Guest { booth } = &presence.visitor.sender else { continue };
            let place = places.get(booth).cloned();
            if presence.place == place {
                continue;
            }
            if let Some((room, place)) = place.clone() {
                presence.visitor.send(&ServiceMessage::Queue { room, place });
            }
            presence.place = place;
        }
    }

    /// What is so now. What the others were sent last stays noted, so that they are sent it as well.
    fn fresh_directory(&mut self) -> Utf8Bytes {
        let made = self.make_directory();
        self.directory.get_or_insert_with(|| made.clone());
        made
    }

    /// As [`Board::fresh_directory`].
    fn fresh_lobby(&mut self, company: &CompanyId) -> Utf8Bytes {
        let lobby = self.make_lobby(company);
        self.lobbies.entry(company.clone()).or_insert_with(|| lobby.clone());
        lobby
    }

    fn forget_long_over(&mut self, company: &CompanyId) {
        let over = self.rooms.values().filter(|entry| entry.news.over && entry.news.company == *company);
        let mut over: Vec<_> = over.map(|e| (e.news.summary.since, e.news.summary.room.clone())).collect();
        if over.len() > ENDED {
            over.sort();
            let many = over.len() - ENDED;
            over.into_iter().take(many).for_each(|(_, room)| {
                self.rooms.remove(&room);
            });
        }
    }
}

#[cfg(test)]
mod tests;
