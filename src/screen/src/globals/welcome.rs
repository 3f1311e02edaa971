//! The first page.

use super::Touched;
use crate::Touch;
use crate::ui::{App, Welcome};
use slint::ComponentHandle;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let told = touched.clone();
    app.global::<Welcome>().on_start(move || told(Touch::Start));
}
