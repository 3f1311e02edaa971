//! The call: recruiters, their pictures and places.

use super::{Touched, clock, clock_at, count, sync};
use crate::stage::{Place, Stage};
use crate::ui::{self, App, Call, News, Notice, Recruiter};
use crate::{Touch, View};
use engawa_protocol::Seat;
use engawa_session::view::{self, Alert, Countdown, Other, Screen};
use slint::{ComponentHandle, Image, Model};
use std::cell::RefCell;

/// The strip with the call's buttons; on a high screen they stand in two rows.
const DECK: f32 = 104.0;
const HIGH_DECK: f32 = 200.0;
/// What the open chat takes of the stage: a column, or on a high screen the lower part.
const CHAT: f32 = 424.0;
const HIGH_CHAT: f32 = 600.0;

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
    let told = touched.clone();
    call.on_raise(move || told(Touch::Hand));
}

pub(crate) fn show(app: &App, name: &str, company: &str, others: &[Other], names: bool, enlarged: Option<Seat>) {
    let call = app.global::<Call>();
    call.set_name(name.into());
    keep_pictures(&call, others);
    let alone = others.len() == 1;
    let rows = others.iter().map(|other| Recruiter {
        name: if names { other.name.as_str().into() } else { Default::default() },
        tag: match (names, alone) {
            (false, _) => Default::default(),
            (true, true) => slint::format!("{} ・ {company}", other.name),
            (true, false) => other.name.as_str().into(),
        },
        hand: other.hand.map_or(0, count),
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

/// The time of the slot, or without one how long one has been talking (X1).
pub(crate) fn show_time(app: &App, seconds: u32, countdown: Option<Countdown>) {
    let call = app.global::<Call>();
    call.set_time(clock(seconds));
    call.set_countdown(match countdown {
        None => Default::default(),
        Some(Countdown::Starts(seconds) | Countdown::Ends { seconds, .. }) => clock(seconds),
    });
    call.set_starts(matches!(countdown, Some(Countdown::Starts(_))));
    call.set_soon(matches!(countdown, Some(Countdown::Ends { soon: true, .. })));
}

pub(crate) fn show_state(app: &App, held: bool, hand: bool, others: &[Other]) {
    let call = app.global::<Call>();
    call.set_held(held);
    call.set_hand(hand);
    call.set_hands(count(others.iter().filter(|other| other.hand.is_some()).count() + usize::from(hand)));
}

pub(crate) fn show_news(app: &App, notice: Option<&view::Notice>) {
    let call = app.global::<Call>();
    call.set_news_of(match notice {
        Some(view::Notice::Extended { ends }) => clock_at(*ends).into(),
        Some(view::Notice::HandRaised { name }) => name.as_str().into(),
        _ => Default::default(),
    });
    call.set_news(match notice {
        None | Some(view::Notice::Silenced { microphone: false, camera: false }) => News::None,
        Some(view::Notice::EndsSoon) => News::EndsSoon,
        Some(view::Notice::Extended { .. }) => News::Extended,
        Some(view::Notice::Silenced { microphone: true, camera: false }) => News::MicrophoneOff,
        Some(view::Notice::Silenced { microphone: false, camera: true }) => News::CameraOff,
        Some(view::Notice::Silenced { microphone: true, camera: true }) => News::BothOff,
        Some(view::Notice::Resumed) => News::Resumed,
        Some(view::Notice::HandRaised { .. }) => News::HandRaised,
        Some(view::Notice::QueueFull) => News::QueueFull,
    });
}

pub(crate) fn show_alert(app: &App, alert: Option<Alert>) {
    app.global::<Call>().set_notice(match alert {
        None => Notice::None,
        Some(Alert::Muted) => Notice::Muted,
        Some(Alert::SourceLost) => Notice::SourceLost,
        Some(Alert::ShutterClosed) => Notice::ShutterClosed,
    });
}

/// What the deck and the open chat leave of the window.
pub(crate) fn stage(app: &App, view: &View, window: Place) -> Place {
    let chat = view.chat.as_ref().is_some_and(|chat| chat.keyboard.is_some());
    let stage = match (window.width >= window.height, chat) {
        (true, false) => Place { height: window.height - DECK, ..window },
        (true, true) => Place { height: window.height - DECK, width: window.width - CHAT, ..window },
        (false, false) => Place { height: window.height - HIGH_DECK, ..window },
        (false, true) => Place { height: window.height - HIGH_DECK - HIGH_CHAT, ..window },
    };
    let stage = Place { width: stage.width.max(1.0), height: stage.height.max(1.0), ..stage };
    let call = app.global::<Call>();
    call.set_stage_width(stage.width);
    call.set_stage_height(stage.height);
    stage
}

/// Lays the stage out, and tells where one's own picture stands on it.
pub(crate) fn set_stage(app: &App, others: &[Other], enlarged: Option<Seat>, stage: Place) -> Place {
    let large = others.iter().position(|other| enlarged == Some(other.seat));
    let stage = Stage::set(stage.width, stage.height, others.len(), large);
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
