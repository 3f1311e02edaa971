//! What the hall looks like to a booth and to a host.

use super::{Board, ENDED, Entry};
use crate::booths::{Booth, Standing};
use crate::clock;
use crate::nodes::Present;
use crate::outlet::frame;
use axum::extract::ws::Utf8Bytes;
use engawa_protocol::{AccountId, BoothId, BoothState, CompanyId, CompanyState, HostCard, Progress, ServiceMessage};
use engawa_session::room::Sender;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Booths that a host is shown: every one of them hears of every change. The staff see all.
const BOOTHS: usize = 100;

impl Board {
    pub(super) fn make_directory(&self) -> Utf8Bytes {
        let (fair, everybody) = (self.fair.borrow().clone(), self.everybody());
        let state = |company: &crate::fair::Company| CompanyState {
            company: company.id.clone(),
            name: company.name.clone(),
            hosts: hosts_of(&everybody, &company.id),
            waiting: self.knocks_at(&company.id),
            walk_up: fair.walk_up(company),
        };
        frame(&ServiceMessage::Directory { companies: fair.companies.iter().map(state).collect() })
    }

    fn knocks_at(&self, company: &CompanyId) -> u32 {
        let knocks = |e: &&Entry| e.news.company == *company && e.news.summary.progress == Progress::Knocking;
        self.rooms.values().filter(knocks).count() as u32
    }

    pub(super) fn make_lobby(&self, company: &CompanyId) -> Utf8Bytes {
        let today = clock::day_begin(clock::now(), &self.config.timezone);
        let theirs = self.rooms.values().map(|entry| &entry.news).filter(|news| news.company == *company);
        let (over, mut open): (Vec<_>, Vec<_>) = theirs.partition(|news| news.over);
        open.sort_by_key(|news| (news.summary.opened, news.summary.room.clone()));
        let mut over: Vec<_> = over.into_iter().filter(|news| news.summary.since >= today).collect();
        over.sort_by_key(|news| (Reverse(news.summary.since), news.summary.room.clone()));
        let rooms = open.into_iter().chain(over.into_iter().take(ENDED)).map(|news| news.summary.clone()).collect();
        let mut booths = self.booths();
        if booths.len() > BOOTHS {
            booths.sort_by_key(|booth| !booth.here);
            booths.truncate(BOOTHS);
        }
        frame(&ServiceMessage::Lobby { rooms, booths })
    }

    pub(super) fn booths(&self) -> Vec<BoothState> {
        let everybody = self.everybody();
        let here: BTreeSet<_> = everybody.iter().filter_map(|present| booth_of(&present.sender)).collect();
        let taken: BTreeSet<_> = self.rooms.values().filter(|e| !e.news.over).map(|e| &e.news.booth).collect();
        let state = |booth: &Booth| BoothState {
            booth: booth.id.clone(),
            name: booth.name.clone(),
            here: here.contains(&booth.id),
            taken: taken.contains(&booth.id),
        };
        let booths = self.booths.borrow().clone();
        booths.iter().filter(|booth| booth.standing != Standing::Revoked).map(state).collect()
    }
}

fn hosts_of(everybody: &[Present], of: &CompanyId) -> Vec<HostCard> {
    let mut seen: BTreeSet<&AccountId> = BTreeSet::new();
    let mut cards = Vec::new();
    for present in everybody {
        if let Sender::Host { account, company, name, title } = &present.sender
            && company == of
            && seen.insert(account)
        {
            cards.push(HostCard { name: name.clone(), title: title.clone() });
        }
    }
    cards
}

pub(super) fn booth_of(sender: &Sender) -> Option<&BoothId> {
    match sender {
        Sender::Guest { booth } => Some(booth),
        Sender::Host { .. } | Sender::Staff { .. } => None,
    }
}
