//! Views of the staff's pages.

use super::samples::view;
use engawa_protocol::{Device, Fallback, Locale};
use engawa_screen::View;
use engawa_session::health::{Finding, Part};
use engawa_session::view::{Lamp, PartTile, PinRefused, Screen, StaffMenu, Uplink};

/// The PIN and the menu with what may have been found.
pub fn all(locale: Locale) -> Vec<(&'static str, View)> {
    let pin = |typed, refused| view(locale, Screen::StaffPin { typed, refused });
    let page = |menu| view(locale, Screen::StaffMenu(Box::new(menu)));
    let good = menu(&[]);
    let given_up = |reason: &str| appliance(Some(Fallback { version: "1.5.0".to_owned(), reason: reason.to_owned() }));
    let one = StaffMenu { device: given_up("camera, call"), ..menu(&[Part::Panel]) };
    let many = StaffMenu { uplink: Some(Uplink::Away), device: given_up("camera"), ..menu(&Part::ALL) };
    let named = View { booth: "Engawa Concourse Nagareyama-Ōtakanomori West 12".to_owned(), ..page(many) };
    let unknown = StaffMenu {
        tiles: Part::ALL.map(|part| PartTile { part, finding: None }).into(),
        healthy: false,
        uplink: None,
        device: Device::default(),
        ..menu(&[])
    };
    let busy = StaffMenu {
        sounding: true,
        identifying: true,
        uplink: Some(Uplink::Mobile),
        device: given_up("its booth does not answer"),
        ..menu(&[])
    };
    let lit = View { lamp: Lamp::Help, ..page(busy) };
    vec![
        ("staff-pin", pin(2, None)),
        ("staff-pin-wrong", pin(0, Some(PinRefused::Wrong))),
        ("staff-pin-wait", pin(0, Some(PinRefused::Wait { seconds: 30 }))),
        ("staff-menu", page(good)),
        ("staff-menu-fault", page(one)),
        ("staff-menu-faults", named),
        ("staff-menu-unknown", View { booth: String::new(), ..page(unknown) }),
        ("staff-menu-checking", page(StaffMenu { checking: true, ..menu(&[Part::Speaker]) })),
        ("staff-menu-busy", lit),
    ]
}

fn appliance(fallback: Option<Fallback>) -> Device {
    Device { version: "1.4.2".to_owned(), slot: Some("A".to_owned()), faults: None, fallback }
}

/// What a check finds of a booth of which these parts do not work.
fn menu(failed: &[Part]) -> StaffMenu {
    let figure = |part| match part {
        Part::Screen => "60/s",
        Part::Camera => "1280×720 30/s",
        Part::Microphone => "48000 Hz",
        Part::Call => "1280×720, 412 ms",
        Part::Service => "https 23 ms",
        Part::Disk => "6.2 GB",
        Part::Speaker | Part::Panel => "",
    };
    let finding = |part| match failed.contains(&part) {
        true => Finding::Failed { reason: "it does not answer".to_owned() },
        false if part == Part::Panel => Finding::Absent,
        false => Finding::Good { figure: figure(part).to_owned() },
    };
    StaffMenu {
        tiles: Part::ALL.map(|part| PartTile { part, finding: Some(finding(part)) }).into(),
        healthy: failed.is_empty(),
        checking: false,
        sounding: false,
        identifying: false,
        uplink: Some(Uplink::Ethernet),
        device: appliance(None),
    }
}
