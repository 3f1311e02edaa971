//! The page while a call's line is lost.

use super::count;
use crate::ui::{App, Reconnecting};
use slint::ComponentHandle;

pub(crate) fn show(app: &App, name: &str, tries: u32, seconds: u32) {
    let reconnecting = app.global::<Reconnecting>();
    reconnecting.set_name(name.into());
    reconnecting.set_tries(count(tries));
    reconnecting.set_seconds(count(seconds));
}
