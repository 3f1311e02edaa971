//! One thin adapter for each Slint global: a [`View`] goes in, touches come out.

pub(crate) mod asleep;
pub(crate) mod call;
pub(crate) mod chat;
pub(crate) mod choose;
pub(crate) mod devices;
pub(crate) mod document;
pub(crate) mod ended;
pub(crate) mod frame;
pub(crate) mod keyboard;
pub(crate) mod leaving;
pub(crate) mod number;
pub(crate) mod out_of_order;
pub(crate) mod pulse;
pub(crate) mod ready;
pub(crate) mod reconnecting;
pub(crate) mod refused;
pub(crate) mod staff;
pub(crate) mod staff_menu;
pub(crate) mod waiting;
pub(crate) mod welcome;

use crate::stage::Place;
use crate::ui::{App, Frame};
use crate::{Touch, View};
use engawa_protocol::Millis;
use engawa_session::view::{Alert, Screen};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) type Touched = Rc<dyn Fn(Touch)>;

/// Tells every touch on any page to `touched`.
pub(crate) fn wire(app: &App, touched: Touched) {
    asleep::wire(app, &touched);
    frame::wire(app, &touched);
    welcome::wire(app, &touched);
    choose::wire(app, &touched);
    number::wire(app, &touched);
    keyboard::wire(app, &touched);
    devices::wire(app, &touched);
    ready::wire(app, &touched);
    waiting::wire(app, &touched);
    refused::wire(app, &touched);
    call::wire(app, &touched);
    chat::wire(app, &touched);
    document::wire(app, &touched);
    leaving::wire(app, &touched);
    ended::wire(app, &touched);
    staff::wire(app, &touched);
    staff_menu::wire(app, &touched);
}

/// Sets the language, the page's values, and then the page: it comes up complete.
pub(crate) fn show(app: &App, view: &View) {
    frame::speak(view.locale);
    match &view.screen {
        Screen::Welcome => {}
        Screen::Number { company, digits, asking, refused } => number::show(app, company, digits, *asking, *refused),
        Screen::NotOpen { company, slot, opens, seconds } => {
            number::show_not_open(app, company, *slot, *opens, *seconds);
        }
        Screen::Companies { tiles, page, pages, total } => choose::show(app, tiles, *page, *pages, *total),
        Screen::Name { keyboard, ready } => keyboard::show(app, keyboard, *ready, false),
        Screen::Ready { name, company, hosts, devices, ready: said_ready, can_ask, refused } => {
            devices::show(app, *devices);
            ready::show(app, name, company, hosts, *said_ready, *can_ask);
            ready::show_time(app, view.countdown, *refused);
        }
        Screen::Waiting { company, seconds, place, note, devices } => {
            devices::show(app, *devices);
            waiting::show(app, company, *seconds, *place, note.as_ref());
            waiting::show_time(app, view.countdown);
        }
        Screen::Refused { company, note, unanswered } => refused::show(app, company, note.as_ref(), *unanswered),
        Screen::Call { name, company, others, enlarged, devices, seconds, held, hand, names } => {
            devices::show(app, *devices);
            call::show(app, name, company, others, *names, *enlarged);
            call::show_time(app, *seconds, view.countdown);
            call::show_state(app, *held, *hand, others);
            call::show_alert(app, view.alert.filter(|_| !held));
        }
        Screen::Reconnecting { name, tries, seconds, .. } => reconnecting::show(app, name, *tries, *seconds),
        Screen::Ended { end, closes_in, may_return } => ended::show(app, *end, *closes_in, *may_return),
        Screen::OutOfOrder { fault } => out_of_order::show(app, fault),
        Screen::StaffPin { typed, refused } => staff_menu::show_pin(app, *typed, *refused),
        Screen::StaffMenu(menu) => staff_menu::show(app, menu),
    }
    devices::show_shutter(app, view.alert == Some(Alert::ShutterClosed));
    call::show_news(app, view.notice.as_ref());
    let talks = matches!(view.screen, Screen::Call { .. } | Screen::Reconnecting { .. });
    // Only pages with a keyboard of their own have the keys otherwise.
    chat::show(app, view.chat.as_ref().filter(|_| talks), view.locale);
    document::show(app, view.document.as_ref().filter(|_| talks));
    leaving::show(app, view.dialog);
    staff::show(app, &view.staff);
    frame::show(app, view);
    asleep::show(app, view.awake);
}

/// Shows a dark screen, and no time of day until one is set.
pub(crate) fn show_nothing(app: &App) {
    asleep::show(app, false);
    app.global::<Frame>().set_clock("".into());
}

/// Sets every picture to its place in a window of this size.
pub(crate) fn place(app: &App, view: &View, window: Place) {
    let own = match &view.screen {
        Screen::Call { others, enlarged, .. } => {
            call::set_stage(app, others, *enlarged, call::stage(app, view, window))
        }
        Screen::Reconnecting { .. } => call::stage(app, view, window),
        Screen::Waiting { .. } => waiting::own_place(window),
        _ => ready::own_place(window),
    };
    devices::set_place(app, own);
}

/// Changes only the rows that differ, so that the elements of the others stay as they are, a finger on them included.
fn sync<T: Clone + PartialEq + 'static>(current: &ModelRc<T>, rows: Vec<T>) -> Option<ModelRc<T>> {
    match current.as_any().downcast_ref::<VecModel<T>>() {
        Some(model) if model.row_count() == rows.len() => {
            for (n, row) in rows.into_iter().enumerate() {
                if model.row_data(n).as_ref() != Some(&row) {
                    model.set_row_data(n, row);
                }
            }
            None
        }
        _ => Some(ModelRc::new(VecModel::from(rows))),
    }
}

/// Minutes and seconds, with hours when there are any.
fn clock(seconds: u32) -> SharedString {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        slint::format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        slint::format!("{minutes:02}:{seconds:02}")
    }
}

thread_local! {
    static ZONE: RefCell<TimeZone> = RefCell::new(TimeZone::system());
}

/// From here on shows moments in this zone instead of the machine's.
pub(crate) fn set_zone(zone: TimeZone) {
    ZONE.set(zone);
}

/// A moment as the time of day, such as `13:25`; empty for one that no calendar has.
fn clock_at(at: Millis) -> String {
    let moment = i64::try_from(at.0).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    let zoned = moment.map(|moment| moment.to_zoned(ZONE.with_borrow(Clone::clone)));
    zoned.map(|zoned| zoned.strftime("%H:%M").to_string()).unwrap_or_default()
}

/// A count as Slint's integer.
fn count(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_as_minutes_and_seconds() {
        assert_eq!(clock(84), "01:24");
        assert_eq!(clock(3599), "59:59");
        assert_eq!(clock(3725), "1:02:05");
    }

    #[test]
    fn equal_rows_keep_their_model() {
        let model = ModelRc::new(VecModel::from(vec![1, 2, 3]));
        assert!(sync(&model, vec![1, 5, 3]).is_none());
        assert_eq!(model.iter().collect::<Vec<_>>(), [1, 5, 3]);
        let grown = sync(&model, vec![1, 5, 3, 4]).expect("another length is another model");
        assert_eq!(grown.row_count(), 4);
    }
}
