//! The call: recruiters, their pictures and places.

use super::{Touched, clock, sync};
use crate::stage::{Place, Stage};
use crate::ui::{self, App, Call, Notice, Recruiter};
use crate::{Touch, View};
use engawa_protocol::Seat;
use engawa_session::view::{Alert, Other, Screen};
use slint::{ComponentHandle, Image, Model};
use std::cell::RefCell;

/// The strip with the call's buttons.
const DECK: f32 = 104.0;

thread_local! {
    /// Whose tile is which, in the model's order.
    static SEATS: RefCell<Vec<Seat>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn wire(app: &App, touched: &Touched) {
    let call = app.global::<Call>();
    let told = touched.clone();
    call.on_pick(move |n| {
        let seat = SEATS.with_borrow(|all| usize::try_from(n).ok().and_then(|n| all.get(n).copied()));
        if let Some(seat) = seat {
            told(Touch::Enlarge(seat));
        }
    });
    let told = touched.clone();
    call.on_enlarge_first(move || {
        if let Some(seat) = SEATS.with_borrow(|all| all.first().copied()) {
            told(Touch::Enlarge(seat));
        }
    });
    let told = touched.clone();
    call.on_tiles(move || told(Touch::Tiles));
    let told = touched.clone();
    call.on_leave(move || told(Touch::Leave));
}

pub(crate) fn show(app: &App, name: &str, company: &str, others: &[Other], enlarged: Option<Seat>, seconds: u32) {
    let call = app.global::<Call>();
    call.set_name(name.into());
    call.set_time(clock(seconds));
    keep_pictures(&call, others);
    let alone = others.len() == 1;
    let rows = others.iter().map(|other| Recruiter {
        name: other.name.as_str().into(),
        tag: if alone { slint::format!("{} ・ {company}", other.name) } else { other.name.as_str().into() },
        microphone: other.microphone,
        seen: other.camera && other.picture,
        lost: other.lost,
        enlarged: !alone && enlarged == Some(other.seat),
    });
    if let Some(model) = sync(&call.get_recruiters(), rows.collect()) {
        call.set_recruiters(model);
    }
    call.set_several(others.len() > 1);
    call.set_enlarged(others.iter().any(|other| enlarged == Some(other.seat)));
}

pub(crate) fn show_alert(app: &App, alert: Option<Alert>) {
    app.global::<Call>().set_notice(match alert {
        None => Notice::None,
        Some(Alert::Muted) => Notice::Muted,
        Some(Alert::SourceLost) => Notice::SourceLost,
    });
}

/// Lays the stage out, and tells where one's own picture stands on it.
pub(crate) fn set_stage(app: &App, others: &[Other], enlarged: Option<Seat>, window: Place) -> Place {
    let large = others.iter().position(|other| enlarged == Some(other.seat));
    let stage = Stage::set(window.width, (window.height - DECK).max(1.0), others.len(), large);
    let call = app.global::<Call>();
    if let Some(model) = sync(&call.get_places(), stage.others.iter().copied().map(shown).collect()) {
        call.set_places(model);
    }
    call.set_own_place(shown(stage.own));
    call.set_full(stage.full);
    stage.own
}

/// Which tile this seat has in `view`.
pub(crate) fn index(view: &View, seat: Seat) -> Option<usize> {
    let Screen::Call { others, .. } = &view.screen else { return None };
    others.iter().position(|other| other.seat == seat)
}

/// Where the tile stands.
pub(crate) fn place(app: &App, n: usize) -> Option<Place> {
    let place = app.global::<Call>().get_places().row_data(n)?;
    Some(Place { x: place.x, y: place.y, width: place.width, height: place.height })
}

pub(crate) fn show_picture(app: &App, n: usize, picture: Image) {
    let pictures = app.global::<Call>().get_pictures();
    if n < pictures.row_count() {
        pictures.set_row_data(n, picture);
    }
}

pub(crate) fn forget_pictures(app: &App) {
    let pictures = app.global::<Call>().get_pictures();
    (0..pictures.row_count()).for_each(|n| pictures.set_row_data(n, Image::default()));
}

/// Everyone keeps their picture when somebody comes or goes.
fn keep_pictures(call: &Call<'_>, others: &[Other]) {
    let seats: Vec<Seat> = others.iter().map(|other| other.seat).collect();
    let before = SEATS.replace(seats.clone());
    if before == seats && call.get_pictures().row_count() == seats.len() {
        return;
    }
    let old = call.get_pictures();
    let kept = seats.iter().map(|seat| before.iter().position(|b| b == seat).and_then(|n| old.row_data(n)));
    call.set_pictures(slint::ModelRc::new(slint::VecModel::from(
        kept.map(Option::unwrap_or_default).collect::<Vec<_>>(),
    )));
}

fn shown(place: Place) -> ui::Place {
    ui::Place { x: place.x, y: place.y, width: place.width, height: place.height }
}
