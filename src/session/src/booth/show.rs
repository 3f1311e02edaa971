//! What people see of the walk.

use super::{Booth, Link, Stage, Visit};
use crate::view::{Alert, Lamp, Loss, Note, Other, Screen, TILES, Tile, View};
use engawa_protocol::{CompanyId, CompanyState, NameRule, Progress, Role, Seat};

impl Booth {
    /// What people see.
    pub fn view(&self) -> View {
        let screen = self.screen();
        let lamp = self.blink().unwrap_or(match screen {
            _ if self.call.stands => Lamp::Help,
            Screen::Welcome => Lamp::Free,
            Screen::OutOfOrder { .. } => Lamp::Help,
            _ => Lamp::Taken,
        });
        let in_call = matches!(screen, Screen::Call { .. });
        let alert = if in_call && self.meter.alert(self.now) {
            Some(Alert::Muted)
        } else {
            let lost = !self.lost_sources.is_empty() && self.media_open;
            lost.then_some(Alert::SourceLost).or(self.shutter_alert())
        };
        let visit = if let Stage::Visit(visit) = &self.stage { Some(visit) } else { None };
        View {
            locale: self.locale,
            booth: self.shown_name.clone(),
            online: self.online(),
            clip: self.config.clip && self.media_open,
            screen,
            dialog: self.dialog.map(|(dialog, _)| dialog),
            alert,
            notice: self.notice.as_ref().map(|(notice, _)| notice.clone()),
            countdown: visit.and_then(|visit| self.countdown(visit)),
            chat: visit.and_then(|visit| self.chat_view(visit)),
            document: visit.and_then(|visit| self.document_view(visit)),
            staff: self.staff_view(),
            level: if self.devices.microphone { self.meter.bars() } else { 0 },
            lamp,
            button_lamp: self.call.stands,
            ring: self.ring(),
            shutter_indicator: self.camera_may_be_seen(),
            awake: self.awake(),
        }
    }

    fn screen(&self) -> Screen {
        match &self.stage {
            Stage::Welcome => Screen::Welcome,
            Stage::Companies { page } => self.companies_page(*page),
            Stage::Number(entry) => self.number_view(entry),
            Stage::NotOpen(invitation) => self.not_open_view(invitation),
            Stage::Name { keyboard, invitation, .. } => {
                let optional = invitation.as_ref().is_some_and(|i| i.booking.name == NameRule::Optional);
                Screen::Name { keyboard: keyboard.view(), ready: optional || !keyboard.text().trim().is_empty() }
            }
            Stage::Visit(visit) => self.visit_page(visit),
            Stage::Refused { company, note, unanswered } => Screen::Refused {
                company: self.company_name(Some(company)),
                note: note.clone().filter(|note| !note.text.is_empty()),
                unanswered: *unanswered,
            },
            Stage::Ended(end, back) => {
                let left = (self.touched + self.config.closing).saturating_duration_since(self.now);
                Screen::Ended { end: *end, closes_in: left.as_secs_f32().ceil() as u32, may_return: back.is_some() }
            }
            Stage::OutOfOrder(fault) => Screen::OutOfOrder { fault },
            Stage::StaffPin(typing) => {
                Screen::StaffPin { typed: typing.typed(), refused: typing.refused(&self.door.guard, self.now) }
            }
            Stage::StaffMenu(menu) => self.menu_view(menu),
        }
    }

    fn companies_page(&self, page: usize) -> Screen {
        let pages = self.companies.len().div_ceil(TILES).max(1);
        let page = page.min(pages - 1);
        let tile = |c: &CompanyState| Tile {
            company: c.company.clone(),
            name: c.name.get(self.locale).to_owned(),
            here: !c.hosts.is_empty(),
            waiting: c.waiting,
            booked: !c.walk_up,
        };
        let tiles = self.companies.iter().skip(page * TILES).take(TILES).map(tile).collect();
        Screen::Companies { tiles, page, pages, total: self.companies.len() }
    }

    fn company(&self, id: Option<&CompanyId>) -> Option<&CompanyState> {
        self.companies.iter().find(|c| Some(&c.company) == id)
    }

    pub(super) fn company_name(&self, id: Option<&CompanyId>) -> String {
        self.company(id).map(|c| c.name.get(self.locale).to_owned()).unwrap_or_default()
    }

    fn visit_page(&self, visit: &Visit) -> Screen {
        let company = self.company_name(visit.company.as_ref());
        let seconds = |since| self.now.saturating_duration_since(since).as_secs() as u32;
        if visit.returning.is_some() || (visit.in_call() && !self.online() && !visit.links.any_flows()) {
            return self.reconnecting(visit);
        }
        match (visit.asked, visit.progress()) {
            (_, Progress::InCall) => Screen::Call {
                name: visit.name.clone(),
                company,
                others: others(visit),
                enlarged: enlarged(visit),
                devices: self.devices,
                seconds: visit.admitted.map(seconds).unwrap_or_default(),
                held: visit.room.as_ref().is_some_and(|(_, room)| room.held()),
                hand: visit.room.as_ref().is_some_and(|(_, room)| room.hands().contains(&Seat::GUEST)),
                names: visit.room.as_ref().is_none_or(|(_, room)| room.preset().names),
            },
            (Some(asked), _) => Screen::Waiting {
                company,
                seconds: seconds(asked),
                place: visit.place,
                note: visit.room.as_ref().and_then(|(_, room)| {
                    let (from, text) = room.note()?;
                    Some(Note { from: from.to_owned(), text: text.to_owned() })
                }),
                devices: self.devices,
            },
            (None, _) => {
                let hosts = self.company(visit.company.as_ref()).map(|c| c.hosts.as_slice()).unwrap_or_default();
                Screen::Ready {
                    name: visit.name.clone(),
                    company,
                    hosts: hosts.iter().map(|host| (host.name.clone(), host.title.clone())).collect(),
                    devices: self.devices,
                    ready: visit.ready,
                    can_ask: visit.ready && self.online(),
                    refused: visit.refused,
                }
            }
        }
    }

    fn reconnecting(&self, visit: &Visit) -> Screen {
        let since = match self.link {
            Link::Down { since, .. } => since,
            _ => visit.returning.unwrap_or(self.now),
        };
        let seconds = self.now.saturating_duration_since(since).as_secs() as u32;
        let reason = if visit.returning.is_some() { visit.loss } else { Loss::Line };
        Screen::Reconnecting { name: visit.name.clone(), tries: self.tries, seconds, reason }
    }
}

fn others(visit: &Visit) -> Vec<Other> {
    let Some((_, room)) = &visit.room else { return Vec::new() };
    let hosts = room.people().filter(|(_, person)| person.role == Role::Host);
    let other = |(seat, person): (Seat, &crate::room::Person)| {
        let link = visit.links.get(seat);
        Other {
            seat,
            name: person.name.clone(),
            microphone: person.microphone,
            camera: person.camera,
            picture: link.is_some_and(|link| link.picture),
            // Their signaling may be away while media still flows; only a picture that stands still matters.
            lost: if room.held() {
                person.lost.is_some()
            } else {
                link.is_none_or(|link| link.interrupted() || (person.lost.is_some() && !link.flows()))
            },
            hand: room.hands().iter().position(|hand| *hand == seat).map(|at| at as u32 + 1),
        }
    };
    hosts.map(other).collect()
}

/// Until somebody chooses, one recruiter is large and several are tiles; whoever left is not large.
fn enlarged(visit: &Visit) -> Option<Seat> {
    let (_, room) = visit.room.as_ref()?;
    let mut hosts = room.people().filter(|(_, person)| person.role == Role::Host).map(|(seat, _)| seat);
    match visit.enlarged {
        Some(chosen) => chosen.filter(|seat| hosts.any(|host| host == *seat)),
        None => {
            let first = hosts.next();
            first.filter(|_| hosts.next().is_none())
        }
    }
}
