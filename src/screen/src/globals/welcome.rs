//! The first page.

use super::Touched;
use crate::Touch;
use crate::ui::{App, Welcome};
use slint::ComponentHandle;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let welcome = app.global::<Welcome>();
    let told = touched.clone();
    welcome.on_start(move || told(Touch::Start));
    let told = touched.clone();
    welcome.on_number(move || told(Touch::Number));
}
