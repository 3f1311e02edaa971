//! What a check found, from the media's words into the session's, and for people.

use engawa_media::{Findings, Found};
use engawa_protocol::Device;
use engawa_session::health::{Check, Finding, Part, Report};
use serde_json::json;
use std::fmt::Write;

/// The media's part of a report.
pub fn of_media(findings: Findings) -> Vec<Check> {
    let Findings { camera, microphone, speaker, call } = findings;
    let found = [(Part::Camera, camera), (Part::Microphone, microphone), (Part::Speaker, speaker), (Part::Call, call)];
    found.map(|(part, found)| Check { part, finding: finding(found) }).into()
}

fn finding(found: Found) -> Finding {
    match found {
        Found::Good(figure) => Finding::Good { figure },
        Found::Failed(reason) => Finding::Failed { reason },
        Found::Absent => Finding::Absent,
    }
}

/// For programs: `{healthy, version, slot, checks}`.
pub fn json(report: &Report, device: &Device) -> String {
    let value = json!({
        "healthy": report.is_healthy(), "version": device.version, "slot": device.slot, "checks": report.checks,
    });
    value.to_string()
}

/// For people: one line a part. A part of an interview that was not looked at is named, since it is no good one.
pub fn table(report: &Report, device: &Device) -> String {
    let mut text = String::new();
    let mut line = |part: &str, state: &str, words: &str| {
        let line = format!("{part:<11} {state:<7} {words}");
        writeln!(text, "{}", line.trim_end()).expect("a string takes everything");
    };
    for Check { part, finding } in &report.checks {
        match finding {
            Finding::Good { figure } => line(part.name(), "good", figure),
            Finding::Failed { reason } => line(part.name(), "FAILED", reason),
            Finding::Absent => line(part.name(), "none", "by the booth's configuration"),
        }
    }
    if report.finding(Part::Screen).is_none() {
        line(Part::Screen.name(), "unseen", "no booth is running: its screen was not looked at");
    }
    let slot = device.slot.as_deref().map_or_else(String::new, |slot| format!(", slot {slot}"));
    let version = if device.version.is_empty() { "no appliance" } else { &device.version };
    let healthy = if report.is_healthy() { "healthy" } else { "NOT healthy" };
    writeln!(text, "{healthy} ({version}{slot})").expect("a string takes everything");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let good = |figure: &str| Found::Good(figure.to_owned());
        let checks = of_media(Findings {
            camera: good("1280×720 30/s"),
            microphone: Found::Failed("no sound: plug it in".to_owned()),
            speaker: Found::Absent,
            call: good("x264enc"),
        });
        Report { checks }
    }

    // S4
    #[test]
    fn the_table_is_aligned_and_says_what_was_not_looked_at() {
        let device = Device { version: "1.2".to_owned(), slot: Some("B".to_owned()), ..Device::default() };
        assert_eq!(
            table(&report(), &device),
            "camera      good    1280×720 30/s\n\
             microphone  FAILED  no sound: plug it in\n\
             speaker     none    by the booth's configuration\n\
             call        good    x264enc\n\
             screen      unseen  no booth is running: its screen was not looked at\n\
             NOT healthy (1.2, slot B)\n"
        );
    }

    #[test]
    fn programs_read_the_same() {
        let value: serde_json::Value = serde_json::from_str(&json(&report(), &Device::default())).expect("JSON");
        assert_eq!(value["healthy"], false);
        assert_eq!(
            value["checks"][1],
            json!({"part": "microphone", "state": "failed", "reason": "no sound: plug it in"})
        );
        assert_eq!(value["checks"][2], json!({"part": "speaker", "state": "absent"}));
    }
}
