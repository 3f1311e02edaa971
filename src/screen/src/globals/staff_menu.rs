//! The staff's PIN and their menu.

use super::{Touched, count, sync};
use crate::Touch;
use crate::ui::{self, App, BoothPart, PartCard, PartState, PartWords, PinState, StaffPin, Verdict};
use engawa_protocol::{Device, Fallback};
use engawa_session::booth::PIN_DIGITS;
use engawa_session::health::{Finding, Part};
use engawa_session::view::{PartTile, PinRefused, StaffMenu, Uplink};
use slint::{ComponentHandle, SharedString};

pub(crate) fn wire(app: &App, touched: &Touched) {
    let pin = app.global::<StaffPin>();
    let told = touched.clone();
    pin.on_digit(move |digit| {
        if let Ok(digit) = u8::try_from(digit) {
            told(Touch::Digit(digit));
        }
    });
    let told = touched.clone();
    pin.on_erase(move || told(Touch::EraseDigit));
    let menu = app.global::<ui::StaffMenu>();
    let told = touched.clone();
    menu.on_check(move || told(Touch::Check));
    let told = touched.clone();
    menu.on_sound(move || told(Touch::TestSound));
    let told = touched.clone();
    menu.on_identify(move || told(Touch::Identify));
    let told = touched.clone();
    menu.on_restart(move || told(Touch::Restart));
    let told = touched.clone();
    menu.on_close(move || told(Touch::Back));
}

pub(crate) fn show_pin(app: &App, typed: usize, refused: Option<PinRefused>) {
    let pin = app.global::<StaffPin>();
    let dots = (0..PIN_DIGITS).map(|n| SharedString::from(if n < typed { "●" } else { "" }));
    if let Some(model) = sync(&pin.get_dots(), dots.collect()) {
        pin.set_dots(model);
    }
    pin.set_at(count(typed));
    pin.set_seconds(match refused {
        Some(PinRefused::Wait { seconds }) => count(seconds),
        _ => 0,
    });
    pin.set_state(match refused {
        None => PinState::Typing,
        Some(PinRefused::Wrong) => PinState::Wrong,
        Some(PinRefused::Wait { .. }) => PinState::Wait,
    });
}

pub(crate) fn show(app: &App, view: &StaffMenu) {
    let menu = app.global::<ui::StaffMenu>();
    if let Some(model) = sync(&menu.get_parts(), view.tiles.iter().map(card).collect()) {
        menu.set_parts(model);
    }
    let failed = |tile: &&PartTile| matches!(tile.finding, Some(Finding::Failed { .. }));
    // While all is looked at anew, nobody should mend what was found before.
    let faults: Vec<BoothPart> =
        view.tiles.iter().filter(failed).filter(|_| !view.checking).map(|tile| part(tile.part)).collect();
    menu.set_verdict(match view {
        StaffMenu { checking: true, .. } => Verdict::Checking,
        _ if !faults.is_empty() => Verdict::Faults,
        StaffMenu { healthy: true, .. } => Verdict::Good,
        _ => Verdict::Unknown,
    });
    if let Some(model) = sync(&menu.get_faults(), faults) {
        menu.set_faults(model);
    }
    menu.set_uplink(match view.uplink {
        None => ui::Uplink::Unknown,
        Some(Uplink::Away) => ui::Uplink::Away,
        Some(Uplink::Ethernet) => ui::Uplink::Ethernet,
        Some(Uplink::Wifi) => ui::Uplink::Wifi,
        Some(Uplink::Mobile) => ui::Uplink::Mobile,
        Some(Uplink::Other) => ui::Uplink::Other,
    });
    let Device { version, slot, fallback, .. } = &view.device;
    menu.set_version(version.as_str().into());
    menu.set_slot(slot.as_deref().unwrap_or_default().into());
    let fallback = fallback.as_ref();
    menu.set_fallback(fallback.map(|fallback| fallback.version.as_str()).unwrap_or_default().into());
    menu.set_why(fallback.map(|fallback| why(app, fallback)).unwrap_or_default().into());
    menu.set_sounding(view.sounding);
    menu.set_identifying(view.identifying);
}

/// The names of the parts that failed, in words; another reason stays as the updater wrote it.
fn why(app: &App, fallback: &Fallback) -> String {
    let words = app.global::<PartWords>();
    let named = |name: &str| match Part::ALL.into_iter().find(|part| part.name() == name) {
        Some(found) => words.invoke_name(part(found)).to_string(),
        None => name.to_owned(),
    };
    fallback.reason.split(", ").map(named).collect::<Vec<_>>().join(&words.get_between())
}

fn card(tile: &PartTile) -> PartCard {
    let (state, figure) = match &tile.finding {
        None => (PartState::Unknown, ""),
        Some(Finding::Good { figure }) => (PartState::Good, figure.as_str()),
        Some(Finding::Failed { .. }) => (PartState::Failed, ""),
        Some(Finding::Absent) => (PartState::Absent, ""),
    };
    PartCard { part: part(tile.part), state, figure: figure.into() }
}

fn part(part: Part) -> BoothPart {
    match part {
        Part::Screen => BoothPart::Display,
        Part::Camera => BoothPart::Camera,
        Part::Microphone => BoothPart::Microphone,
        Part::Speaker => BoothPart::Speaker,
        Part::Call => BoothPart::Call,
        Part::Service => BoothPart::Service,
        Part::Disk => BoothPart::Disk,
        Part::Panel => BoothPart::Panel,
    }
}
