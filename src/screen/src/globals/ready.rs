//! The page before asking.

use super::{Touched, clock, count, sync};
use crate::Touch;
use crate::stage::Place;
use crate::ui::{App, HostLine, Ready, Turned};
use engawa_protocol::Refusal;
use engawa_session::view::Countdown;
use slint::ComponentHandle;

/// Hosts shown by name; the rest is a number.
const NAMED: usize = 3;
/// The page's margins and the width of its left column.
const MARGIN: f32 = 48.0;
const COLUMN: f32 = 672.0;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let ready = app.global::<Ready>();
    let told = touched.clone();
    ready.on_ask(move || told(Touch::Ask));
    let told = touched.clone();
    ready.on_is_ready(move || told(Touch::Ready));
}

pub(crate) fn show(app: &App, name: &str, company: &str, hosts: &[(String, String)], said_ready: bool, can_ask: bool) {
    let ready = app.global::<Ready>();
    ready.set_name(name.into());
    ready.set_company(company.into());
    let named = hosts.iter().take(NAMED);
    let lines = named.map(|(name, title)| HostLine { name: name.as_str().into(), title: title.as_str().into() });
    if let Some(model) = sync(&ready.get_hosts(), lines.collect()) {
        ready.set_hosts(model);
    }
    ready.set_more(count(hosts.len().saturating_sub(NAMED)));
    ready.set_said_ready(said_ready);
    ready.set_can_ask(can_ask);
}

/// The time until the slot (W17), and why the last request was not taken.
pub(crate) fn show_time(app: &App, countdown: Option<Countdown>, refused: Option<Refusal>) {
    let ready = app.global::<Ready>();
    ready.set_starts_in(match countdown {
        Some(Countdown::Starts(seconds)) => clock(seconds),
        _ => Default::default(),
    });
    ready.set_turned(match refused {
        None => Turned::No,
        Some(Refusal::TooEarly | Refusal::TooLate) => Turned::Closed,
        Some(Refusal::AlreadyHere) => Turned::AlreadyHere,
        Some(Refusal::Booked) => Turned::Booked,
        Some(Refusal::Full) => Turned::Full,
        Some(Refusal::Over | Refusal::NoSuchRoom) => Turned::Over,
        Some(_) => Turned::Failed,
    });
}

/// Where one's own picture stands on a window of this size.
pub(crate) fn own_place(window: Place) -> Place {
    // Upright, a third of the height is left for what stands below.
    let width = if window.width >= window.height { COLUMN } else { 0.75 * (window.width - 2.0 * MARGIN) };
    Place { width, height: width * 9.0 / 16.0, ..Place::default() }
}
