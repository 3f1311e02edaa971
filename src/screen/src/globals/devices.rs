//! The candidate's own picture, level and switches.

use super::Touched;
use crate::Touch;
use crate::stage::Place;
use crate::ui::{App, Devices};
use engawa_session::view::{self, LEVEL_BARS};
use slint::{ComponentHandle, Image};

pub(crate) fn wire(app: &App, touched: &Touched) {
    let devices = app.global::<Devices>();
    devices.set_bars(i32::from(LEVEL_BARS));
    let told = touched.clone();
    devices.on_toggle_microphone(move || told(Touch::Microphone));
    let told = touched.clone();
    devices.on_toggle_camera(move || told(Touch::Camera));
    let told = touched.clone();
    devices.on_toggle_noise(move || told(Touch::Noise));
    let told = touched.clone();
    devices.on_test_sound(move || told(Touch::TestSound));
}

pub(crate) fn show(app: &App, switches: view::Devices) {
    let devices = app.global::<Devices>();
    devices.set_microphone(switches.microphone);
    devices.set_camera(switches.camera);
    devices.set_noise(switches.noise);
}

pub(crate) fn show_shutter(app: &App, closed: bool) {
    app.global::<Devices>().set_shutter_closed(closed);
}

pub(crate) fn show_level(app: &App, level: u8) {
    app.global::<Devices>().set_level(i32::from(level));
}

pub(crate) fn show_picture(app: &App, picture: Image) {
    let devices = app.global::<Devices>();
    devices.set_picture(picture);
    devices.set_has_picture(true);
}

pub(crate) fn forget_picture(app: &App) {
    let devices = app.global::<Devices>();
    devices.set_has_picture(false);
    devices.set_picture(Image::default());
}

pub(crate) fn set_place(app: &App, place: Place) {
    let devices = app.global::<Devices>();
    devices.set_width(place.width);
    devices.set_height(place.height);
}

pub(crate) fn place(app: &App) -> Place {
    let devices = app.global::<Devices>();
    Place { width: devices.get_width(), height: devices.get_height(), ..Place::default() }
}
