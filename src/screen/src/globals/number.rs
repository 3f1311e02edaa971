//! The connection number, and the door that is not open yet.

use super::{Touched, clock, clock_at, count, sync};
use crate::Touch;
use crate::ui::{App, NotOpen, Number, NumberState};
use crate::words::whole;
use engawa_protocol::{Millis, Slot, limits::NUMBER_DIGITS};
use engawa_session::view::NumberRefused;
use slint::{ComponentHandle, SharedString};

pub(crate) fn wire(app: &App, touched: &Touched) {
    let number = app.global::<Number>();
    let told = touched.clone();
    number.on_digit(move |digit| {
        if let Ok(digit) = u8::try_from(digit) {
            told(Touch::Digit(digit));
        }
    });
    let told = touched.clone();
    number.on_erase(move || told(Touch::EraseDigit));
}

pub(crate) fn show(app: &App, company: &str, digits: &str, asking: bool, refused: Option<NumberRefused>) {
    let number = app.global::<Number>();
    number.set_company(whole(company).into());
    let mut typed = digits.chars();
    let boxes = (0..NUMBER_DIGITS).map(|_| typed.next().map(SharedString::from).unwrap_or_default());
    if let Some(model) = sync(&number.get_digits(), boxes.collect()) {
        number.set_digits(model);
    }
    number.set_at(count(digits.chars().count()));
    number.set_seconds(match refused {
        Some(NumberRefused::TooManyTries { seconds }) => count(seconds),
        _ => 0,
    });
    number.set_state(match refused {
        _ if asking => NumberState::Asking,
        None => NumberState::Typing,
        Some(NumberRefused::Unknown) => NumberState::Unknown,
        Some(NumberRefused::Expired) => NumberState::Expired,
        Some(NumberRefused::Used) => NumberState::Used,
        Some(NumberRefused::OtherBooth) => NumberState::OtherBooth,
        Some(NumberRefused::TooManyTries { .. }) => NumberState::TooMany,
        Some(NumberRefused::Unavailable) => NumberState::Unavailable,
    });
}

pub(crate) fn show_not_open(app: &App, company: &str, slot: Slot, opens: Millis, seconds: u32) {
    let door = app.global::<NotOpen>();
    door.set_company(whole(company).into());
    door.set_starts(clock_at(slot.starts).into());
    door.set_opens(clock_at(opens).into());
    door.set_left(clock(seconds));
}
