use super::Worker;
use crate::link::{Link, LinkNote, LinkShare, LinkState};
use crate::mailbox::lock;
use crate::{Happening, LinkId, LinkOptions};
use engawa_protocol::Signal;
use gst_webrtc::WebRTCPeerConnectionState as Connection;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A connected peer always sends something: sound, or reports on ours.
const SILENCE: Duration = Duration::from_millis(2500);
/// A connection that is not there by then will not come.
const SETUP: Duration = Duration::from_secs(30);
/// A silent one is given up; by then somebody will have asked for a new one.
const GONE: Duration = Duration::from_secs(60);

/// Every link's life, each apart from the others.
impl Worker {
    pub(super) fn add(&mut self, link: LinkId, options: &LinkOptions, share: Arc<LinkShare>) {
        if share.state() == LinkState::Failed {
            // Removed again before it was its turn.
            return;
        }
        let change = self.ladder(options.codec).start(Instant::now());
        self.changed(options.codec, change);
        self.links.remove(&link);
        match Link::start(link, options, share, &self.shared.ground) {
            Ok(started) => {
                self.links.insert(link, started);
                self.feed();
            }
            Err(error) => {
                tracing::warn!(%error, "a link does not start");
                self.fail(link, "it did not start");
            }
        }
    }

    pub(super) fn link(&mut self, id: LinkId, note: LinkNote) {
        let Some(link) = self.links.get_mut(&id) else { return };
        match note {
            LinkNote::Negotiate => link.offer(),
            LinkNote::OfferTaken => link.answer(),
            LinkNote::Described(kind, description) => match link.describe(kind, &description) {
                Ok(signal) => self.signal(id, signal),
                Err(reason) => self.fail(id, reason),
            },
            LinkNote::Signal(signal) => self.signal(id, signal),
            LinkNote::State(Connection::Connected) => {
                link.share.heard(0);
                link.feed();
                self.turn(id, LinkState::Connected);
            }
            LinkNote::State(Connection::Disconnected) => self.turn(id, LinkState::Interrupted),
            LinkNote::State(Connection::Failed) => self.fail(id, "no way to the peer was found"),
            LinkNote::State(_) => {}
            LinkNote::Narrower => self.govern(),
            LinkNote::FirstPicture => (self.notify)(Happening::FirstPicture { link: id }),
            LinkNote::Failed(reason) => self.fail(id, reason),
        }
    }

    fn signal(&self, link: LinkId, signal: Signal) {
        (self.notify)(Happening::Signal { link, signal });
    }

    /// Tells a link's new state, if it is new.
    fn turn(&self, id: LinkId, state: LinkState) {
        let Some(link) = self.links.get(&id) else { return };
        let before = link.share.state();
        let told = match state {
            LinkState::Connected if before != state => Happening::LinkConnected { link: id },
            LinkState::Interrupted if before == LinkState::Connected => Happening::LinkInterrupted { link: id },
            _ => return,
        };
        link.share.set_state(state);
        (self.notify)(told);
    }

    pub(super) fn fail(&mut self, id: LinkId, reason: &'static str) {
        let Some(link) = self.links.remove(&id) else {
            let known = lock(&self.shared.links).get(&id).cloned();
            if let Some(share) = known.filter(|share| share.state() != LinkState::Failed) {
                share.set_state(LinkState::Failed);
                (self.notify)(Happening::LinkFailed { link: id, reason });
            }
            return;
        };
        link.share.set_state(LinkState::Failed);
        drop(link);
        self.rest();
        (self.notify)(Happening::LinkFailed { link: id, reason });
    }

    pub(super) fn watch_links(&mut self) {
        let ids: Vec<_> = self.links.keys().copied().collect();
        for id in ids {
            let Some(share) = self.links.get(&id).map(|link| link.share.clone()) else { continue };
            let silent = share.silent_for();
            match share.state() {
                LinkState::Connecting if share.age() >= SETUP => self.fail(id, "it did not come up in time"),
                LinkState::Connected if silent >= SILENCE => self.turn(id, LinkState::Interrupted),
                LinkState::Interrupted if silent < SILENCE => self.turn(id, LinkState::Connected),
                LinkState::Interrupted if silent >= GONE => self.fail(id, "the peer has fallen silent"),
                _ => {}
            }
        }
    }
}
