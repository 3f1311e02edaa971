//! Calls between the booth's media and answering peers in the same process.

mod support;

use engawa_media::{Codec, Happening};
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
    let ages = call.peers[&one].ages();
    eprintln!("to the peer: p50 {} ms; to the booth: {:?}", ages[ages.len() / 2], call.figures(one));
    assert!(!call.peers[&one].hears(PEER_HZ));
    assert!(call.peers[&one].hears(BOOTH_HZ));
    assert!(!failed(&call.seen, one));
    call.media.stop();
}
