//! Encoders that fail, and the calls that go on.

mod support;

use engawa_media::{Codec, Happening};
use support::{Call, config, failing, link};

fn encoders(call: &Call) -> Vec<&str> {
    call.seen
        .iter()
        .filter_map(|happening| match happening {
            Happening::EncoderChanged { name } => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

// S3
#[test]
fn an_encoder_that_fails_at_the_start_is_passed_over() {
    failing::register();
    let names = ["nosuchencoder", failing::DEAD_ENCODER, "openh264enc", "x264enc"];
    let mut call = Call::start(engawa_media::Config { encoders: names.map(str::to_owned).into(), ..config() });
    let one = link(1, 1);
    call.join(one, Codec::H264);
    call.until_flowing(one);
    assert_eq!(encoders(&call), ["openh264enc"]);
    assert_eq!(call.media.figures().encoder.as_deref(), Some("openh264enc"));
}

// S3
#[test]
fn an_encoder_that_dies_in_a_call_is_replaced_and_the_call_goes_on() {
    goes_on_after(failing::DYING_ENCODER);
}

// S3
#[test]
fn an_encoder_that_falls_silent_in_a_call_is_replaced_and_the_call_goes_on() {
    goes_on_after(failing::STALLING_ENCODER);
}

fn goes_on_after(bad: &str) {
    failing::register();
    let mut call = Call::start(engawa_media::Config { encoders: vec![bad.into(), "x264enc".into()], ..config() });
    let (one, two) = (link(1, 1), link(2, 1));
    call.join(one, Codec::H264);
    call.join(two, Codec::H264);
    call.until_flowing(one);
    call.until_flowing(two);
    assert_eq!(encoders(&call), [bad]);
    failing::fail(bad);
    call.until("the next rung", 20, |call| encoders(call).len() == 2);
    assert_eq!(encoders(&call), [bad, "x264enc"]);
    call.until_pictures(one, 30);
    call.until_pictures(two, 30);
    let interrupted = |h: &Happening| matches!(h, Happening::LinkFailed { .. } | Happening::LinkInterrupted { .. });
    assert!(!call.seen.iter().any(interrupted));
}
