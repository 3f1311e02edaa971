//! A booth that looks at itself, with real pipelines and a real call over the loopback interface.

mod support;

use engawa_media::{AudioSource, Config, Findings, Found, Speaker, VideoSource, check};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::{config, failing};

const PATIENCE: Duration = Duration::from_secs(20);

fn look(config: &Config) -> Findings {
    let begun = Instant::now();
    let findings = check(config, PATIENCE, &AtomicBool::new(false)).expect("nobody stops it");
    println!("{:.1} s: {findings:?}", begun.elapsed().as_secs_f32());
    assert!(begun.elapsed() < PATIENCE + Duration::from_secs(8), "{:?}", begun.elapsed());
    findings
}

fn good(found: &Found) -> bool {
    matches!(found, Found::Good(_))
}

#[track_caller]
fn assert_failed(found: &Found, words: &[&str]) {
    let Found::Failed(reason) = found else { panic!("it passed: {found:?}") };
    assert!(words.iter().all(|word| reason.contains(word)), "{reason}");
}

// S4
#[test]
fn a_booth_that_works_passes_a_call_with_itself() {
    let findings = look(&config());
    assert!(good(&findings.camera) && good(&findings.microphone) && good(&findings.call), "{findings:?}");
    assert_eq!(findings.speaker, Found::Absent);
    // The same again: nothing is left open.
    assert!(good(&look(&config()).call));
}

// S4
#[test]
fn a_camera_and_a_speaker_that_are_missing_are_named_and_the_rest_passes() {
    let findings = look(&Config {
        video: VideoSource::Camera { device: Some("/dev/video-nosuch".into()) },
        speaker: Speaker::Device { device: Some("hw:CARD=nosuchcard".into()) },
        ..config()
    });
    assert_failed(&findings.camera, &["/dev/video-nosuch", "plugged in"]);
    assert_failed(&findings.speaker, &["hw:CARD=nosuchcard"]);
    assert!(good(&findings.microphone) && good(&findings.call), "{findings:?}");
}

// S4
#[test]
fn a_microphone_that_is_missing_is_named_and_the_picture_passes() {
    let audio = AudioSource::Microphone { device: Some("hw:CARD=nosuchcard".into()) };
    let findings = look(&Config { audio, ..config() });
    assert_failed(&findings.microphone, &["hw:CARD=nosuchcard"]);
    assert!(good(&findings.camera) && good(&findings.call), "{findings:?}");
}

// S4
#[test]
fn without_an_encoder_that_works_there_is_no_call() {
    failing::register();
    for encoder in ["no-such-encoder", failing::DEAD_ENCODER] {
        let findings = check(
            &Config { encoders: vec![encoder.into()], ..config() },
            Duration::from_secs(6),
            &AtomicBool::new(false),
        );
        let findings = findings.expect("nobody stops it");
        assert_failed(&findings.call, &["encoder"]);
        assert!(good(&findings.camera) && good(&findings.microphone), "{findings:?}");
    }
}

#[test]
fn who_comes_in_need_not_wait_for_a_check() {
    let stop = AtomicBool::new(false);
    let video = VideoSource::Camera { device: Some("/dev/video-nosuch".into()) };
    let config = Config { video, ..config() };
    std::thread::scope(|scope| {
        let checks = scope.spawn(|| check(&config, PATIENCE, &stop));
        // Somewhere in the middle of it, whatever that is on this machine.
        std::thread::park_timeout(Duration::from_millis(700));
        let stopped = Instant::now();
        stop.store(true, Ordering::Relaxed);
        assert_eq!(checks.join().expect("no panic"), None);
        // Seven seconds are the most that taking it down waits for; without the stop, the camera alone takes ten.
        assert!(stopped.elapsed() < Duration::from_secs(9), "{:?}", stopped.elapsed());
    });
}
