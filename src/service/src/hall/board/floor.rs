//! What the staff of the fair see: booths that call, and knocks that reached nobody of a company (W14).

use super::show::booth_of;
use super::{Board, RoomNews};
use crate::clock;
use crate::outlet::frame;
use axum::extract::ws::Utf8Bytes;
use engawa_protocol::{BoothState, FloorBooth, FloorKnock, Progress, ServiceMessage};
use engawa_session::room::Sender;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Standing knocks, and missed ones, that are shown.
const STANDING: usize = 100;
const MISSED: usize = 20;

impl Board {
    /// As [`Board::fresh_directory`].
    pub(super) fn fresh_floor(&mut self) -> Utf8Bytes {
        let floor = self.make_floor();
        self.floor.get_or_insert_with(|| floor.clone());
        floor
    }

    /// Sends the staff what has changed since the last time.
    pub(super) fn push_floor(&mut self) {
        if !self.present.values().any(|p| is_staff(&p.visitor.sender)) {
            self.floor = None;
            return;
        }
        let floor = self.make_floor();
        if self.floor.replace(floor.clone()) != Some(floor.clone()) {
            let staff = self.present.values().filter(|p| is_staff(&p.visitor.sender));
            staff.for_each(|p| p.visitor.outlet.send_frame(floor.clone()));
        }
    }

    fn make_floor(&self) -> Utf8Bytes {
        let everybody = self.everybody();
        let calls = everybody.iter().filter_map(|present| Some((booth_of(&present.sender)?, present.call.as_ref()?)));
        let calls: BTreeMap<_, _> = calls.collect();
        let booth = |state: BoothState| {
            let call = calls.get(&state.booth);
            FloorBooth {
                called_at: call.map(|call| call.since),
                attended_by: call.and_then(|call| call.attended_by.clone()),
                booth: state.booth,
                name: state.name,
                here: state.here,
                in_use: state.taken,
            }
        };
        let booths = self.booths().into_iter().map(booth).collect();
        frame(&ServiceMessage::Floor { booths, knocks: self.staff_knocks() })
    }

    fn staff_knocks(&self) -> Vec<FloorKnock> {
        let today = clock::day_begin(clock::now(), &self.config.timezone);
        let rang = self.rooms.values().map(|entry| &entry.news).filter(|news| news.rang_staff);
        let (mut standing, others): (Vec<_>, Vec<_>) =
            rang.partition(|news| news.summary.progress == Progress::Knocking);
        standing.sort_by_key(|news| (news.knocked, news.summary.room.clone()));
        let missed = |news: &&RoomNews| news.summary.progress == Progress::Missed && news.summary.since >= today;
        let mut missed: Vec<_> = others.into_iter().filter(missed).collect();
        missed.sort_by_key(|news| (Reverse(news.summary.since), news.summary.room.clone()));
        let fair = self.fair.borrow().clone();
        let knock = |news: &RoomNews| {
            Some(FloorKnock {
                room: news.summary.room.clone(),
                company: fair.company(&news.company)?.name.clone(),
                booth: news.summary.booth.clone(),
                at: news.knocked?,
                waiting: news.summary.progress == Progress::Knocking,
            })
        };
        standing.into_iter().take(STANDING).chain(missed.into_iter().take(MISSED)).filter_map(knock).collect()
    }
}

fn is_staff(sender: &Sender) -> bool {
    matches!(sender, Sender::Staff { .. })
}
