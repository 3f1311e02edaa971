//! Calls between the booth's media and answering peers in the same process.

mod support;

use engawa_media::{Codec, Config, Happening, LinkState, Signal, VideoSource};
use support::peer::Peer;
use support::{BOOTH_HZ, Call, PEER_HZ, config, failed, link};

// S3, L18
#[test]
fn picture_and_sound_go_both_ways() {
    let mut call = Call::start(config());
    let one = link(1, 1);
    call.join(one, Codec::H264);
    call.until_flowing(one);
    call.until("the peer's tone in the mix", 10, |call| call.media.figures().tone.unwrap_or(0.0) > 0.8);
    call.until("stamps at the peer", 10, |call| call.peers[&one].stamped() > 60);
    call.until("stamps in the booth", 10, |call| call.figures(one).latency_p50_ms.is_some());
    let told = |wanted: Happening| call.seen.contains(&wanted);
    assert!(told(Happening::LinkConnected { link: one }));
    assert!(told(Happening::FirstPicture { link: one }));
    assert!(!call.peers[&one].hears(PEER_HZ));
    assert!(call.peers[&one].hears(BOOTH_HZ));
    assert!(!failed(&call.seen, one));
    call.media.stop();
}

/// The request for a key frame may be lost like anything else.
#[test]
fn a_picture_that_stands_still_is_asked_for_again() {
    let mut call = Call::start(config());
    let one = link(1, 1);
    call.join_with(one, Codec::H264, |post| Peer::behind_a_bad_line(Codec::H264, post));
    call.until("pictures from before and after the loss", 60, |call| call.figures(one).video_decoded > 200);
    call.media.stop();
}

// L18, S3
#[test]
fn an_h264_peer_and_a_vp8_peer_are_in_one_call() {
    let mut call = Call::start(config());
    let (one, two) = (link(1, 1), link(2, 1));
    call.join(one, Codec::H264);
    call.join(two, Codec::Vp8);
    call.until_flowing(one);
    call.until_flowing(two);
    let figures = call.media.figures();
    assert!(figures.encoded > 0 && figures.encoded_vp8 > 0);
    call.leave(two);
    call.until("the second encoder to rest", 10, |call| call.media.figures().bitrate_vp8.is_none());
    call.until_pictures(one, 10);
}

// S3
#[test]
fn every_peer_of_a_codec_gets_the_same_encoded_pictures() {
    let mut call = Call::start(config());
    let links = [link(1, 1), link(2, 1), link(3, 1)];
    for link in links {
        call.join(link, Codec::H264);
    }
    for link in links {
        call.until_flowing(link);
    }
    let before = call.media.figures();
    call.until_pictures(links[0], 60);
    let after = call.media.figures();
    // One picture encoded for each captured, however many take it, and a few that were on their way: an encoder for
    // each would make a hundred and twenty more.
    assert!(after.encoded - before.encoded <= after.captured - before.captured + 10);
    for (before, after) in before.links.iter().zip(&after.links) {
        assert!(after.video_sent - before.video_sent > 20, "seat {}", after.seat);
    }
}

// N2
#[test]
fn a_broken_answer_fails_its_own_link_only() {
    let mut call = Call::start(config());
    let (good, bad) = (link(1, 1), link(2, 1));
    call.join(good, Codec::H264);
    call.until_flowing(good);
    for (attempt, sdp) in ["", "v=0", "nonsense\r\n\0", "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"].iter().enumerate()
    {
        let bad = engawa_media::LinkId { attempt: attempt as u32 + 1, ..bad };
        call.join(bad, Codec::H264);
        // The real answer never gets there.
        call.peers.remove(&bad);
        call.until("the offer to stand", 10, |call| call.figures(bad).state == LinkState::Connecting);
        let offer = call.offer(bad);
        assert!(offer.contains("m=video"));
        call.media.remote_signal(bad, &Signal::Answer { sdp: (*sdp).to_owned() });
        call.until("the broken link to fail", 10, |call| failed(&call.seen, bad));
        call.media.remove_link(bad);
    }
    call.until_pictures(good, 30);
    assert!(!failed(&call.seen, good));
}

// N2
#[test]
fn candidates_that_are_nonsense_or_too_many_do_no_harm() {
    let mut call = Call::start(config());
    let one = link(1, 1);
    call.join(one, Codec::H264);
    for n in 0..300 {
        let candidate = format!("candidate:nonsense {n}");
        call.media.remote_signal(one, &Signal::Candidate { candidate, line: n % 7 });
        if n % 50 == 0 {
            call.media.remote_signal(link(9, 9), &Signal::Rebuild);
        }
    }
    call.until("the nonsense to be handled", 10, |call| call.figures(one).state != LinkState::Failed);
    let two = link(2, 1);
    call.join(two, Codec::H264);
    call.until_flowing(two);
    assert!(!failed(&call.seen, one));
}

// L18, N2
#[test]
fn a_frozen_peer_is_told_and_does_not_disturb_the_other() {
    let mut call = Call::start(config());
    let (frozen, other) = (link(1, 1), link(2, 1));
    call.join(frozen, Codec::H264);
    call.join(other, Codec::H264);
    call.until_flowing(frozen);
    call.until_flowing(other);
    call.peers[&frozen].freeze();
    let interrupted = Happening::LinkInterrupted { link: frozen };
    call.until("the freeze to be told", 15, |call| call.seen.contains(&interrupted));
    call.until_pictures(other, 60);
    assert!(!call.seen.contains(&Happening::LinkInterrupted { link: other }));
    assert_eq!(call.figures(other).state, LinkState::Connected);
}

// L3, W7
#[test]
fn the_microphone_off_is_silence_and_the_camera_off_is_dark() {
    let mut call = Call::start(Config { microphone: false, camera: false, ..config() });
    let one = link(1, 1);
    call.join(one, Codec::H264);
    call.until("dark pictures", 15, |call| call.peers[&one].dark() > 5);
    call.until("silence", 15, |call| call.peers[&one].is_quiet());
    assert_eq!(call.peers[&one].stamped(), 0, "no picture leaves while the camera is off");
    assert!(call.media.still().is_none());
    call.media.set_camera(true);
    call.media.set_microphone(true);
    call.until("picture and tone", 15, |call| {
        call.peers[&one].stamped() > 10 && call.peers[&one].hears(BOOTH_HZ) && call.media.still().is_some()
    });
    call.media.set_camera(false);
    call.media.set_microphone(false);
    let dark = call.peers[&one].dark();
    call.until("dark and silent again", 15, |call| call.peers[&one].dark() > dark + 5 && call.peers[&one].is_quiet());
}

// W2, L1
#[test]
fn mailboxes_give_the_newest_picture_in_the_size_asked_for() {
    let mut call = Call::start(config());
    let one = link(1, 1);
    call.join(one, Codec::H264);
    let (own, theirs) = (call.media.preview(), call.media.mailbox(one).expect("a mailbox"));
    own.resize(320, 320);
    theirs.resize(400, 120);
    call.until("own picture and theirs", 20, |_| {
        let sizes = |mailbox: &engawa_media::Mailbox| mailbox.take().map(|frame| (frame.width, frame.height));
        let (own, theirs) = (sizes(&own), sizes(&theirs));
        assert!(own.is_none_or(|size| size == (320, 180)), "{own:?}");
        theirs == Some((214, 120)) || theirs == Some((212, 120))
    });
    call.until_flowing(one);
    let age = |frame: &engawa_media::Frame| {
        engawa_media::read_stamp(frame).map(|stamp| stamp.until(engawa_media::Stamp::now()))
    };
    theirs.resize(0, 0);
    call.until("a stamp in the peer's picture", 10, |_| {
        theirs.take().is_some_and(|frame| age(&frame).is_some_and(|age| (0..2000).contains(&age)))
    });
    call.leave(one);
    assert!(call.media.mailbox(one).is_none());
}

// W12
#[test]
fn without_any_source_a_call_still_comes_up() {
    let mut call = Call::start(Config { video: VideoSource::File("/nonexistent".into()), ..config() });
    let lost = |call: &Call| call.seen.iter().any(|h| matches!(h, Happening::SourceLost { .. }));
    call.until("the loss to be told", 10, lost);
    let one = link(1, 1);
    call.join(one, Codec::H264);
    call.until("sound and dark pictures", 20, |call| {
        call.peers[&one].dark() > 5 && call.peers[&one].hears(BOOTH_HZ) && call.figures(one).video_decoded > 5
    });
    assert!(call.media.still().is_none());
}
