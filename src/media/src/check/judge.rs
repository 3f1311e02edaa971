//! What was measured, and whether it will do. The bounds are about passing at all, not about speed: a slow machine
//! works, too.

use super::{Findings, Found};
use crate::{AudioSource, Config, Device, Speaker, VideoSource};
use std::collections::BTreeSet;
use std::time::Duration;

/// Pictures that prove a camera, and a call.
const PICTURES: u64 = 5;
/// So long the camera's rate is measured at least.
const RATED: Duration = Duration::from_millis(500);
/// Samples that prove a microphone, and a call: half a second.
const SAMPLES: u64 = crate::sound::RATE as u64 / 2;
/// Steps that prove a speaker: half a second, several times what it takes ahead.
const STEPS: u64 = 50;
/// From this level on the microphone hears something that must arrive.
const LOUD: f32 = 0.5;
/// What arrives of it is at least this.
const AUDIBLE: f32 = 0.003;
/// Mean brightness of a picture that shows something, and of one that shows nothing; 0 to 255.
const BRIGHT: u8 = 40;
const BLACK: u8 = 12;

/// What a check has seen so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub captured: u64,
    /// Between the first picture and the last.
    pub captured_for: Duration,
    pub heard: u64,
    /// Not zeros alone.
    pub alive: bool,
    /// The loudest since the call stands, 0 to 1 as the ear hears it.
    pub level: f32,
    /// Steps since the speaker was lost last.
    pub played: u64,
    /// Devices that are lost at the moment.
    pub lost: BTreeSet<&'static str>,
    pub encoder: Option<String>,
    pub connected: bool,
    /// Why the near end gave the call up.
    pub call_failed: Option<&'static str>,
    pub undecodable: bool,
    pub pictures: u64,
    pub samples: u64,
    pub peak: f32,
    /// Mean brightness of the own picture and of what arrived of it.
    pub brightness: Option<(u8, u8)>,
}

/// A device's name in a set.
pub(super) fn name(device: Device) -> &'static str {
    match device {
        Device::Camera => "camera",
        Device::Microphone => "microphone",
        Device::Speaker => "speaker",
        Device::Encoder => "encoder",
    }
}

/// What follows from what was seen so far.
pub(super) fn judge(config: &Config, seen: &Seen) -> Findings {
    let microphone = microphone(config, seen);
    let call = call(seen, matches!(microphone, Found::Good(_)));
    Findings { camera: camera(config, seen), microphone, speaker: speaker(config, seen), call }
}

fn camera(config: &Config, seen: &Seen) -> Found {
    let (what, hint) = match &config.video {
        VideoSource::None => return Found::Absent,
        VideoSource::Test => ("the test picture".to_owned(), "restart the booth"),
        VideoSource::File(path) => (format!("the clip {}", path.display()), "see whether the file is there and whole"),
        VideoSource::Camera { device } => (named("camera", device.as_deref()), "see whether it is plugged in"),
    };
    if seen.lost.contains("camera") {
        return Found::Failed(format!("{what} does not start, or stopped: {hint}"));
    }
    match seen.captured {
        0 => Found::Failed(format!("no picture comes from {what}: {hint}")),
        n if n < PICTURES || seen.captured_for < RATED => {
            Found::Failed(format!("only {n} pictures came from {what}: {hint}"))
        }
        n => {
            let rate = (n - 1) as f32 / seen.captured_for.as_secs_f32();
            Found::Good(format!("{}×{} {rate:.0}/s", config.width, config.height))
        }
    }
}

fn microphone(config: &Config, seen: &Seen) -> Found {
    let (what, hint) = match &config.audio {
        AudioSource::None => return Found::Absent,
        AudioSource::Tone { .. } => ("the test tone".to_owned(), "restart the booth"),
        AudioSource::File(path) => (format!("the clip {}", path.display()), "see whether the file is there and whole"),
        AudioSource::Microphone { device } => (named("microphone", device.as_deref()), "see whether it is plugged in"),
    };
    if seen.lost.contains("microphone") {
        return Found::Failed(format!("{what} does not start, or stopped: {hint}"));
    }
    if seen.heard < SAMPLES {
        return Found::Failed(format!("no sound comes from {what}: {hint}"));
    }
    // A clip may well begin with a silence; what a microphone hears is never exactly nothing.
    if !seen.alive && matches!(config.audio, AudioSource::Microphone { .. }) {
        return Found::Failed(format!("{what} gives zeros alone: see whether it is muted by a switch or in the mixer"));
    }
    Found::Good(format!("{} Hz, {:.0} %", crate::sound::RATE, seen.level * 100.0))
}

fn speaker(config: &Config, seen: &Seen) -> Found {
    let Speaker::Device { device } = &config.speaker else { return Found::Absent };
    let what = named("speaker", device.as_deref());
    if seen.lost.contains("speaker") {
        return Found::Failed(format!("{what} does not start, or stopped: see whether it is plugged in"));
    }
    if seen.played < STEPS {
        return Found::Failed(format!("{what} takes no sound: see whether another program holds it"));
    }
    Found::Good(format!("{:.1} s", seen.played as f32 / 100.0))
}

fn call(seen: &Seen, sound: bool) -> Found {
    let failed = |reason: &str| Found::Failed(reason.to_owned());
    if seen.encoder.is_none() && seen.pictures == 0 {
        return failed("no H.264 encoder works: see `[media] encoders` and the installed GStreamer plugins");
    }
    if seen.undecodable {
        return failed("what arrives cannot be decoded: install GStreamer's libav or openh264 plugin");
    }
    if let Some(reason) = seen.call_failed {
        return Found::Failed(format!("the call inside the booth broke off ({reason}): restart the booth"));
    }
    if !seen.connected {
        return failed("the call inside the booth does not connect: see whether the loopback interface is up");
    }
    if seen.pictures < PICTURES {
        return Found::Failed(format!(
            "only {} pictures arrive in a call: the processor may be too busy",
            seen.pictures
        ));
    }
    if seen.brightness.is_some_and(|(own, far)| own >= BRIGHT && far <= BLACK) {
        return failed("pictures arrive black: choose another encoder in `[media] encoders`");
    }
    if sound && seen.samples < SAMPLES {
        return failed("no sound arrives in a call: restart the booth");
    }
    if sound && seen.level >= LOUD && seen.peak < AUDIBLE {
        return failed("sound arrives silent in a call: restart the booth");
    }
    Found::Good(seen.encoder.clone().unwrap_or_default())
}

fn named(what: &str, device: Option<&str>) -> String {
    device.map_or_else(|| format!("the {what}"), |device| format!("the {what} {device}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Seen {
        Seen {
            captured: 31,
            captured_for: Duration::from_secs(1),
            heard: 48_000,
            alive: true,
            level: 0.6,
            played: 100,
            encoder: Some("x264enc".to_owned()),
            connected: true,
            pictures: 9,
            samples: 40_000,
            peak: 0.2,
            brightness: Some((90, 88)),
            ..Seen::default()
        }
    }

    // S4
    #[test]
    fn each_fault_is_told_of_its_part_alone_with_what_to_do() {
        let lost = |name| Seen { lost: [name].into(), ..good() };
        let faults: [(&str, &str, Seen); 15] = [
            ("camera", "plugged in", lost("camera")),
            ("camera", "no picture", Seen { captured: 0, ..good() }),
            ("camera", "only 3 pictures", Seen { captured: 3, ..good() }),
            ("microphone", "plugged in", lost("microphone")),
            ("microphone", "zeros alone", Seen { alive: false, ..good() }),
            ("speaker", "plugged in", lost("speaker")),
            ("speaker", "takes no sound", Seen { played: 7, ..good() }),
            ("call", "encoder", Seen { encoder: None, pictures: 0, ..good() }),
            ("call", "decoded", Seen { undecodable: true, ..good() }),
            ("call", "broke off", Seen { call_failed: Some("no way"), ..good() }),
            ("call", "does not connect", Seen { connected: false, ..good() }),
            ("call", "only 2 pictures", Seen { pictures: 2, ..good() }),
            ("call", "black", Seen { brightness: Some((90, 3)), ..good() }),
            ("call", "no sound", Seen { samples: 10, ..good() }),
            ("call", "silent", Seen { peak: 0.0, ..good() }),
        ];
        let all = judge(&Config::default(), &good());
        assert!(all.parts().iter().all(|(_, found)| matches!(found, Found::Good(_))), "{all:?}");
        for (part, word, seen) in faults {
            let findings = judge(&Config::default(), &seen);
            for (name, found) in findings.parts() {
                match found {
                    Found::Failed(reason) => {
                        assert_eq!(name, part, "{reason}");
                        assert!(reason.contains(word) && reason.contains(": "), "{reason}");
                    }
                    other => assert_ne!(name, part, "{word}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn a_covered_camera_and_a_quiet_room_are_no_faults() {
        let seen = Seen { brightness: Some((2, 2)), level: 0.1, peak: 0.0, ..good() };
        let findings = judge(&Config::default(), &seen);
        assert!(findings.parts().iter().all(|(_, found)| matches!(found, Found::Good(_))), "{findings:?}");
    }

    #[test]
    fn what_the_booth_has_not_is_absent_and_its_lack_no_fault_of_the_call() {
        let config = Config {
            video: VideoSource::None,
            audio: AudioSource::None,
            speaker: Speaker::Silent,
            ..Config::default()
        };
        let seen = Seen { captured: 0, heard: 0, alive: false, played: 0, samples: 0, peak: 0.0, ..good() };
        let Findings { camera, microphone, speaker, call } = judge(&config, &seen);
        assert_eq!([camera, microphone, speaker], [Found::Absent, Found::Absent, Found::Absent]);
        assert!(matches!(call, Found::Good(_)));
    }

    #[test]
    fn a_clip_may_begin_with_a_silence() {
        let config = Config { audio: AudioSource::File("clip.webm".into()), ..Config::default() };
        let findings = judge(&config, &Seen { alive: false, level: 0.0, ..good() });
        assert!(matches!(findings.microphone, Found::Good(_)));
    }
}
