//! The page while the request stands.

use super::{Touched, clock, count};
use crate::Touch;
use crate::stage::Place;
use crate::ui::{App, Waiting};
use crate::words::whole;
use engawa_session::view::{Countdown, Note};
use slint::ComponentHandle;

/// Letters beyond which the words need the place of the figures.
const LONG: usize = 60;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let told = touched.clone();
    app.global::<Waiting>().on_cancel(move || told(Touch::Cancel));
}

pub(crate) fn show(app: &App, company: &str, seconds: u32, place: Option<u32>, note: Option<&Note>) {
    let waiting = app.global::<Waiting>();
    waiting.set_company(whole(company).into());
    waiting.set_time(clock(seconds));
    waiting.set_place(place.map_or(0, count));
    waiting.set_note(note.map(|note| whole(&note.text)).unwrap_or_default().into());
    waiting.set_long(note.is_some_and(|note| note.text.chars().count() > LONG));
    waiting.set_note_from(note.map_or("", |note| &note.from).into());
}

/// The time until the slot begins (W17); after that the figures of waiting say enough.
pub(crate) fn show_time(app: &App, countdown: Option<Countdown>) {
    app.global::<Waiting>().set_starts_in(match countdown {
        Some(Countdown::Starts(seconds)) => clock(seconds),
        _ => Default::default(),
    });
}

/// The size of one's own picture.
pub(crate) fn own_place(window: Place) -> Place {
    let width = if window.width >= window.height { 432.0 } else { 288.0 };
    Place { width, height: width * 9.0 / 16.0, ..Place::default() }
}
