//! Head, deck and language.

use super::{Touched, clock_at, count};
use crate::ui::{App, Frame, Language, Page};
use crate::{Touch, View};
use engawa_protocol::{Locale, Millis};
use engawa_session::view::Screen;
use slint::ComponentHandle;

/// The walk from a company to the request.
const STEPS: usize = 3;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let frame = app.global::<Frame>();
    frame.set_steps(count(STEPS));
    let told = touched.clone();
    frame.on_speak(move |language| {
        told(Touch::Language(match language {
            Language::Ja => Locale::Ja,
            Language::Ko => Locale::Ko,
            Language::En => Locale::En,
        }));
    });
    let told = touched.clone();
    frame.on_back(move || told(Touch::Back));
    let told = touched.clone();
    frame.on_hold(move |down| told(Touch::StaffHold(down)));
}

/// Says everything in this language from here on.
pub(crate) fn speak(locale: Locale) {
    slint::select_bundled_translation(locale.tag()).expect("the three languages are compiled in");
}

pub(crate) fn show(app: &App, view: &View) {
    let frame = app.global::<Frame>();
    let language = match view.locale {
        Locale::Ja => Language::Ja,
        Locale::Ko => Language::Ko,
        Locale::En => Language::En,
    };
    let (page, step, back) = match view.screen {
        Screen::Welcome => (Page::Welcome, 0, false),
        Screen::Companies { .. } => (Page::Choose, 1, true),
        Screen::Number { .. } => (Page::Number, 1, true),
        Screen::NotOpen { .. } => (Page::NotOpen, 0, true),
        Screen::Name { .. } => (Page::Name, 2, true),
        Screen::Ready { .. } => (Page::Ready, 3, true),
        Screen::Waiting { .. } => (Page::Waiting, 3, false),
        Screen::Refused { .. } => (Page::Refused, 0, false),
        Screen::Call { .. } => (Page::Call, 0, false),
        Screen::Reconnecting { .. } => (Page::Reconnecting, 0, false),
        Screen::Ended { .. } => (Page::Ended, 0, false),
        Screen::OutOfOrder { .. } => (Page::OutOfOrder, 0, false),
        Screen::StaffPin { .. } => (Page::StaffPin, 0, true),
        Screen::StaffMenu(_) => (Page::StaffMenu, 0, false),
    };
    frame.set_language(language);
    frame.set_booth(view.booth.as_str().into());
    frame.set_online(view.online);
    frame.set_clip(view.clip);
    frame.set_can_go_back(back);
    frame.set_step(step);
    frame.set_page(page);
}

pub(crate) fn show_clock(app: &App, now: Millis) {
    app.global::<Frame>().set_clock(clock_at(now).into());
}

pub(crate) fn show_shape(app: &App, wide: bool) {
    app.global::<Frame>().set_wide(wide);
}
