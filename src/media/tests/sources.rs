//! Sources other than test signals.

mod support;

use engawa_media::{AudioSource, Codec, Config, Device, Happening, Speaker, VideoSource};
use gst::prelude::*;
use std::path::Path;
use support::{Call, config, link};

/// Makes a clip of two seconds: a moving picture and a tone.
fn make_clip(path: &Path) {
    gst::init().expect("GStreamer");
    let description = format!(
        "videotestsrc num-buffers=60 pattern=smpte ! video/x-raw,width=640,height=360,framerate=30/1 \
         ! vp8enc deadline=1 cpu-used=16 keyframe-max-dist=15 ! queue ! mux. \
         audiotestsrc num-buffers=100 samplesperbuffer=960 freq=1000 volume=0.5 ! audio/x-raw,rate=48000,channels=1 \
         ! opusenc ! queue ! mux. webmmux name=mux ! filesink location=\"{}\"",
        path.display()
    );
    let pipeline = gst::parse::launch(&description).expect("a pipeline");
    pipeline.set_state(gst::State::Playing).expect("it starts");
    let bus = pipeline.bus().expect("a bus");
    let wanted = [gst::MessageType::Eos, gst::MessageType::Error];
    let message = bus.timed_pop_filtered(gst::ClockTime::from_seconds(20), &wanted).expect("the clip in time");
    assert_eq!(message.type_(), gst::MessageType::Eos);
    pipeline.set_state(gst::State::Null).expect("down");
}

// W2, L3
#[test]
fn a_clip_plays_on_and_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = folder.path().join("clip.webm");
    make_clip(&clip);
    let mut call = Call::start(Config {
        video: VideoSource::File(clip.clone()),
        audio: AudioSource::File(clip),
        noise_suppression: false,
        ..config()
    });
    let one = link(1, 1);
    call.join(one, Codec::H264);
    call.until_flowing(one);
    // Three rounds and more: 60 pictures each.
    let before = call.media.figures();
    let began = std::time::Instant::now();
    call.until("the fourth round", 30, |call| call.media.figures().captured >= before.captured + 200);
    let rate = 200.0 / began.elapsed().as_secs_f32();
    // A clip that nothing paces runs as fast as it is decoded.
    assert!(rate < 60.0, "{rate} pictures a second");
    call.until("the tone in a later round", 10, |call| call.peers[&one].hears(1000.0));
    call.until_pictures(one, 20);
    let told = |h: &Happening| matches!(h, Happening::SourceLost { .. });
    assert!(!call.seen.iter().any(told));
    assert!(call.media.still().is_some());
}

// W2
#[test]
fn a_clip_that_comes_later_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = folder.path().join("clip.webm");
    let mut call = Call::start(Config {
        video: VideoSource::File(clip.clone()),
        audio: AudioSource::File(clip.clone()),
        noise_suppression: false,
        ..config()
    });
    for what in [Device::Camera, Device::Microphone] {
        call.until("the loss", 10, |call| call.seen.contains(&Happening::SourceLost { what }));
    }
    let made = folder.path().join("made.webm");
    make_clip(&made);
    std::fs::rename(made, &clip).expect("renamed");
    for what in [Device::Camera, Device::Microphone] {
        call.until("the return", 15, |call| call.seen.contains(&Happening::SourceBack { what }));
    }
    call.until("a still", 10, |call| call.media.still().is_some());
}

// W4
#[test]
fn a_missing_speaker_is_told_and_hinders_nothing() {
    let speaker = Speaker::Device { device: Some("hw:CARD=nosuchcard".into()) };
    let mut call = Call::start(Config { speaker, ..config() });
    let lost = Happening::SourceLost { what: Device::Speaker };
    call.until("the loss", 10, |call| call.seen.contains(&lost));
    let one = link(1, 1);
    call.join(one, Codec::H264);
    call.until_flowing(one);
    call.media.test_sound();
    call.until_pictures(one, 20);
}
