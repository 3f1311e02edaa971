//! Proof that frames are drawn.

use crate::ui::{App, Pulse};
use slint::ComponentHandle;

/// Asks for a frame; the number comes back through what [`on_drawn`] was given once it is drawn.
pub(crate) fn ask(app: &App, number: i32) {
    app.global::<Pulse>().set_asked(number);
}

pub(crate) fn on_drawn(app: &App, drawn: impl Fn(i32) + 'static) {
    app.global::<Pulse>().on_drawn(move |number| {
        drawn(number);
        1.0
    });
}
