//! A browser's stand-in: an answering webrtcbin with a picture and a tone of its own, and what is
//! needed to watch a call from both ends.

#![allow(dead_code, missing_docs, reason = "each program of tests uses its part of it")]

pub mod failing;
pub mod peer;

use engawa_media::{
    AudioSource, Codec, Config, Happening, LinkFigures, LinkId, LinkOptions, Media, Speaker, VideoSource,
};
use engawa_protocol::{Peer as Presence, Seat, Signal};
use peer::Peer;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// The tone of the booth, and the one of every peer.
pub const BOOTH_HZ: f64 = 1000.0;
pub const PEER_HZ: f64 = 440.0;

/// A small, quick booth.
pub fn config() -> Config {
    Config {
        video: VideoSource::Test,
        audio: AudioSource::Tone { hz: BOOTH_HZ },
        speaker: Speaker::Silent,
        width: 640,
        height: 360,
        encoders: vec!["x264enc".into(), "openh264enc".into()],
        listen: Some(PEER_HZ),
        ..Config::default()
    }
}

pub fn link(seat: u32, attempt: u32) -> LinkId {
    LinkId { peer: Presence { seat: Seat(seat), since: seat + 10 }, attempt }
}

/// What happens anywhere in a call.
pub enum Event {
    Booth(Happening),
    Peer(LinkId, Signal),
}

/// A booth with the peers it talks to.
pub struct Call {
    pub media: Media,
    pub peers: BTreeMap<LinkId, Peer>,
    pub seen: Vec<Happening>,
    offers: BTreeMap<LinkId, String>,
    sender: Sender<Event>,
    events: Receiver<Event>,
}

impl Call {
    pub fn start(config: Config) -> Self {
        let (sender, events) = channel();
        let post = sender.clone();
        let media = Media::start(config, move |happening| {
            let _over = post.send(Event::Booth(happening));
        })
        .expect("the media starts");
        Self { media, peers: BTreeMap::new(), seen: Vec::new(), offers: BTreeMap::new(), sender, events }
    }

    /// Opens a connection with a peer that answers.
    pub fn join(&mut self, link: LinkId, codec: Codec) {
        self.join_with(link, codec, |post| Peer::start(codec, post));
    }

    /// The same with a peer of one's own making.
    pub fn join_with(
        &mut self,
        link: LinkId,
        codec: Codec,
        peer: impl FnOnce(Box<dyn Fn(Signal) + Send + Sync>) -> Peer,
    ) {
        let sender = self.sender.clone();
        let peer = peer(Box::new(move |signal| {
            let _over = sender.send(Event::Peer(link, signal));
        }));
        self.peers.insert(link, peer);
        self.media.add_link(link, LinkOptions { codec, ice_servers: Vec::new() });
    }

    pub fn leave(&mut self, link: LinkId) {
        self.media.remove_link(link);
        self.peers.remove(&link);
    }

    pub fn figures(&self, link: LinkId) -> LinkFigures {
        let all = self.media.figures().links;
        all.into_iter().find(|f| (f.seat, f.attempt) == (link.peer.seat.0, link.attempt)).expect("a link")
    }

    /// Carries signals until `done` holds; panics, saying what was waited for, after `limit` seconds.
    pub fn until(&mut self, what: &str, limit: u64, mut done: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(limit);
        while !done(self) {
            assert!(Instant::now() < end, "not in time: {what}; {:?}; {:?}", self.seen_states(), self.media.figures());
            match self.events.recv_timeout(Duration::from_millis(20)) {
                Ok(event) => self.carry(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("the booth is gone"),
            }
        }
    }

    fn carry(&mut self, event: Event) {
        match event {
            Event::Peer(link, signal) => self.media.remote_signal(link, &signal),
            Event::Booth(Happening::Signal { link, signal }) => {
                if let Signal::Offer { sdp } = &signal {
                    self.offers.insert(link, sdp.clone());
                }
                if let Some(peer) = self.peers.get(&link) {
                    peer.take(&signal);
                }
            }
            Event::Booth(Happening::Heard { .. }) => {}
            Event::Booth(happening) => self.seen.push(happening),
        }
    }

    /// The booth's offer for a link.
    pub fn offer(&mut self, link: LinkId) -> String {
        self.until("an offer", 10, |call| call.offers.contains_key(&link));
        self.offers[&link].clone()
    }

    /// Waits until pictures and sound have gone both ways.
    pub fn until_flowing(&mut self, link: LinkId) {
        self.until("pictures and sound both ways", 20, |call| {
            let peer = &call.peers[&link];
            call.figures(link).video_decoded > 5 && peer.pictures() > 5 && peer.hears(BOOTH_HZ)
        });
    }

    /// Waits until the peer has decoded `more` pictures than now.
    pub fn until_pictures(&mut self, link: LinkId, more: u64) {
        let before = self.peers[&link].pictures();
        self.until("more pictures at the peer", 20, |call| call.peers[&link].pictures() >= before + more);
    }

    fn seen_states(&self) -> Vec<String> {
        self.seen.iter().map(|happening| format!("{happening:?}").chars().take(120).collect()).collect()
    }
}

pub fn failed(seen: &[Happening], link: LinkId) -> bool {
    seen.iter().any(|h| matches!(h, Happening::LinkFailed { link: l, .. } if *l == link))
}
