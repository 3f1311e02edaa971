//! Offers, answers and candidates (RFC 8829). Every promise ends in a note, also when it fails.

use super::{Link, LinkNote, Stage};
use crate::LinkId;
use crate::note::{Note, Post};
use engawa_protocol::{Signal, limits};
use gst::prelude::*;
use gst_webrtc::{WebRTCSDPType, WebRTCSessionDescription};

/// Candidates that one peer may send for one connection.
const CANDIDATES: u32 = 200;

/// Posts what the element decides by itself.
pub(super) fn listen(webrtc: &gst::Element, link: LinkId, post: &Post) {
    let note = move |post: &Post, note| post.send(Note::Link(link, note));
    let to = post.clone();
    webrtc.connect("on-negotiation-needed", false, move |_| {
        note(&to, LinkNote::Negotiate);
        None
    });
    let to = post.clone();
    webrtc.connect("on-ice-candidate", false, move |values| {
        let line = values.get(1).and_then(|v| v.get::<u32>().ok());
        let candidate = values.get(2).and_then(|v| v.get::<String>().ok());
        if let (Some(line), Some(candidate)) = (line, candidate) {
            note(&to, LinkNote::Signal(Signal::Candidate { candidate, line }));
        }
        None
    });
    let to = post.clone();
    webrtc.connect_notify(Some("ice-gathering-state"), move |webrtc, _| {
        let state: gst_webrtc::WebRTCICEGatheringState = webrtc.property("ice-gathering-state");
        if state == gst_webrtc::WebRTCICEGatheringState::Complete {
            note(&to, LinkNote::Signal(Signal::Candidate { candidate: String::new(), line: 0 }));
        }
    });
    let to = post.clone();
    webrtc.connect_notify(Some("connection-state"), move |webrtc, _| {
        note(&to, LinkNote::State(webrtc.property("connection-state")));
    });
}

impl Link {
    /// Makes the first and only offer; later ones come from the browser.
    pub fn offer(&mut self) {
        // The element asks again after each renegotiation that the browser began; glare would follow.
        if self.stage != Stage::New {
            return;
        }
        self.stage = Stage::Offering;
        let promise =
            self.described("offer", "no offer could be made", |sdp| LinkNote::Described(WebRTCSDPType::Offer, sdp));
        self.webrtc.emit_by_name::<()>("create-offer", &[&None::<gst::Structure>, &promise]);
    }

    /// Takes an own description: tells the peer, then lets it take effect, so that it is out before its candidates.
    pub fn describe(
        &mut self,
        kind: WebRTCSDPType,
        description: &WebRTCSessionDescription,
    ) -> Result<Signal, &'static str> {
        let sdp = description.sdp().as_text().map_err(|_| "an own description cannot be written")?;
        let promise = self.done("an own description was refused", None);
        self.webrtc.emit_by_name::<()>("set-local-description", &[description, &promise]);
        Ok(match kind {
            WebRTCSDPType::Answer => Signal::Answer { sdp },
            _ => {
                self.stage = Stage::Offered;
                Signal::Offer { sdp }
            }
        })
    }

    /// Takes what the peer sent.
    pub fn take(&mut self, signal: &Signal) -> Result<(), &'static str> {
        match signal {
            Signal::Answer { sdp } if self.stage == Stage::Offered => {
                self.stage = Stage::Stable;
                self.set_remote(WebRTCSDPType::Answer, sdp, "the answer was refused", None)
            }
            // An answer to an offer that is no longer open.
            Signal::Answer { .. } => Ok(()),
            // The booth has the lower seat and is the impolite side: its own offer stands.
            Signal::Offer { .. } if self.stage != Stage::Stable => Ok(()),
            Signal::Offer { sdp } => {
                let sdp = sdp.replace("a=setup:actpass", &format!("a=setup:{}", self.peer_role()));
                self.set_remote(WebRTCSDPType::Offer, &sdp, "the offer was refused", Some(LinkNote::OfferTaken))
            }
            Signal::Candidate { candidate, line } => {
                self.candidates += 1;
                let bounded = candidate.len() <= limits::CANDIDATE_BYTES && self.candidates <= CANDIDATES;
                if bounded && !candidate.is_empty() {
                    self.webrtc.emit_by_name::<()>("add-ice-candidate", &[line, candidate]);
                }
                Ok(())
            }
            Signal::Rebuild => Ok(()),
        }
    }

    /// Answers the offer that was just taken.
    pub fn answer(&self) {
        let promise =
            self.described("answer", "no answer could be made", |sdp| LinkNote::Described(WebRTCSDPType::Answer, sdp));
        self.webrtc.emit_by_name::<()>("create-answer", &[&None::<gst::Structure>, &promise]);
    }

    /// The DTLS role that the peer took when it first answered. The element would answer every
    /// offer with `active`, although a connection that stands keeps its roles (RFC 8842, 5.5).
    fn peer_role(&self) -> String {
        let remote: Option<WebRTCSessionDescription> = self.webrtc.property("remote-description");
        let role = remote.and_then(|remote| remote.sdp().media(0)?.attribute_val("setup").map(str::to_owned));
        role.filter(|role| role != "actpass").unwrap_or_else(|| "active".to_owned())
    }

    fn set_remote(
        &self,
        kind: WebRTCSDPType,
        sdp: &str,
        refused: &'static str,
        then: Option<LinkNote>,
    ) -> Result<(), &'static str> {
        if sdp.is_empty() {
            return Err("broken session description");
        }
        if sdp.len() > limits::SDP_BYTES {
            return Err("a session description is too large");
        }
        let message = gst_sdp::SDPMessage::parse_buffer(sdp.as_bytes()).map_err(|_| "broken session description")?;
        let usable = |media: &gst_sdp::SDPMediaRef| media.attribute_val("mid").is_some() && media.formats_len() > 0;
        let whole = message.attribute_val("fingerprint").is_some()
            || message.medias().all(|media| media.attribute_val("fingerprint").is_some());
        if message.medias_len() == 0 || !whole || !message.medias().all(usable) {
            return Err("broken session description");
        }
        let description = WebRTCSessionDescription::new(kind, message);
        let promise = self.done(refused, then);
        self.webrtc.emit_by_name::<()>("set-remote-description", &[&description, &promise]);
        Ok(())
    }

    /// A promise of a description.
    fn described(
        &self,
        field: &'static str,
        refused: &'static str,
        note: impl FnOnce(WebRTCSessionDescription) -> LinkNote + Send + 'static,
    ) -> gst::Promise {
        let (link, post) = (self.id, self.post.clone());
        gst::Promise::with_change_func(move |reply| {
            let description = reply.ok().flatten().and_then(|reply| reply.get::<WebRTCSessionDescription>(field).ok());
            post.send(Note::Link(link, description.map_or(LinkNote::Failed(refused), note)));
        })
    }

    /// A promise of success, after which comes `then`.
    fn done(&self, refused: &'static str, then: Option<LinkNote>) -> gst::Promise {
        let (link, post) = (self.id, self.post.clone());
        gst::Promise::with_change_func(move |reply| {
            let failed = match reply {
                Ok(reply) => reply.is_some_and(|reply| reply.has_field("error")),
                Err(_) => true,
            };
            match then {
                _ if failed => post.send(Note::Link(link, LinkNote::Failed(refused))),
                Some(then) => post.send(Note::Link(link, then)),
                None => {}
            }
        })
    }
}
