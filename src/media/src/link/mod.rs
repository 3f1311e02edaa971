//! One peer connection: a pipeline of its own around a fresh webrtcbin, fed with encoded frames.

mod estimate;
mod ice;
mod negotiate;
pub(crate) mod playout;
mod receive;
mod share;

pub(crate) use receive::Receiver;
pub(crate) use share::LinkShare;
pub use share::{LinkFigures, LinkState};

use crate::fanout::Fanout;
use crate::note::{Note, Origin, Post};
use crate::reaper::Reaper;
use crate::sound::{Channel, Mixer};
use crate::timeline::{Timeline, named};
use crate::{Error, LinkId, LinkOptions};
use engawa_protocol::{Codec, Signal};
use estimate::Estimator;
use gst::prelude::*;
use gst_webrtc::{WebRTCPeerConnectionState, WebRTCSDPType, WebRTCSessionDescription};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// What a link's threads tell the media thread.
pub(crate) enum LinkNote {
    Negotiate,
    Described(WebRTCSDPType, WebRTCSessionDescription),
    OfferTaken,
    Signal(Signal),
    State(WebRTCPeerConnectionState),
    FirstPicture,
    /// The line takes much less than it did.
    Narrower,
    Failed(&'static str),
}

/// Milliseconds that packets wait for a late one (webrtcbin's own choice is 200).
const JITTER_MS: u32 = 50;
/// Milliseconds after which a lost packet is not sent again. On a line that has become narrow the
/// repairs of old pictures would crowd out the new ones.
const REPAIR_MS: u32 = 250;
/// Largest RTP packet: within 1280 bytes of IPv6 with TURN and SRTP around it.
const MTU: u32 = 1200;
/// Numbers of the payload types that are offered.
const VIDEO_PAYLOAD: u32 = 96;
const AUDIO_PAYLOAD: u32 = 97;
/// The header extension without which the congestion estimate stays still; webrtcbin offers none by itself.
const TRANSPORT_CC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// What all links share.
#[derive(Clone)]
pub(crate) struct Ground {
    pub timeline: Timeline,
    pub post: Post,
    pub reaper: Reaper,
    pub mixer: Arc<Mixer>,
    pub h264: Arc<Fanout>,
    pub vp8: Arc<Fanout>,
    pub opus: Arc<Fanout>,
    /// Bounds of the congestion estimate, and where it begins, in bit/s.
    pub line: RangeInclusive<u32>,
    pub line_start: u32,
    /// A call with oneself: connections stay inside the machine, whatever its network is.
    pub inside: bool,
}

impl Ground {
    fn video(&self, codec: Codec) -> &Arc<Fanout> {
        match codec {
            Codec::H264 => &self.h264,
            Codec::Vp8 => &self.vp8,
        }
    }
}

/// How far the descriptions are. The element's own `signaling-state` lags behind what was asked of it,
/// and an answer may come faster than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Offering,
    Offered,
    Stable,
}

/// A peer connection that is up or coming up; dropping it takes it down.
pub(crate) struct Link {
    id: LinkId,
    post: Post,
    webrtc: gst::Element,
    pipeline: gst::Pipeline,
    pub share: Arc<LinkShare>,
    ground: Ground,
    channel: Channel,
    _estimator: Option<Estimator>,
    stage: Stage,
    candidates: u32,
    fed: bool,
}

impl Link {
    pub fn start(id: LinkId, options: &LinkOptions, share: Arc<LinkShare>, ground: &Ground) -> Result<Self, Error> {
        let post = ground.post.clone();
        let origin = Origin::Link(id);
        let hear = move |trouble| post.send(Note::Trouble(origin, trouble));
        let pipeline = ground.timeline.pipeline("link", &describe(options.codec), hear)?;
        let webrtc: gst::Element = named(&pipeline, "webrtc");
        for server in options.ice_servers.iter().flat_map(ice::servers) {
            match server {
                ice::Server::Stun(url) => webrtc.set_property("stun-server", url),
                ice::Server::Turn(url) => {
                    let taken = webrtc.emit_by_name::<bool>("add-turn-server", &[&url]);
                    if !taken {
                        tracing::warn!("a TURN server cannot be used");
                    }
                }
            }
        }
        if ground.inside {
            stay_inside(&webrtc);
        }
        repair_losses(&webrtc);
        negotiate::listen(&webrtc, id, &ground.post);
        watch_arrivals(&webrtc, &share);
        let sent = named::<gst::Element>(&pipeline, "video_rtp").static_pad("src").expect("a filter has a source pad");
        let estimator = Estimator::start(&sent, id, &share, ground);
        let channel = ground.mixer.open();
        let mut link = Self {
            id,
            post: ground.post.clone(),
            webrtc,
            pipeline,
            share,
            ground: ground.clone(),
            channel,
            _estimator: estimator,
            stage: Stage::New,
            candidates: 0,
            fed: false,
        };
        link.receive();
        link.fix_caps();
        link.pass_key_wishes(options.codec);
        let known = link.announce(options.codec);
        if link.pipeline.set_state(gst::State::Playing).is_err() {
            return Err(Error::Start { part: "link" });
        }
        if !known {
            link.feed();
        }
        Ok(link)
    }

    /// Lets frames in. Before the connection stands they would pile up in front of it, and go out
    /// late and all at once.
    pub fn feed(&mut self) {
        if !std::mem::replace(&mut self.fed, true) {
            let video = self.ground.video(self.share.codec);
            video.attach(self.id, named(&self.pipeline, "video"), self.share.clone());
            self.ground.opus.attach(self.id, named(&self.pipeline, "audio"), self.share.clone());
        }
    }

    /// Says what the frames will be, so that the offer can be made before the first one; false when
    /// no encoder has told yet.
    fn announce(&self, codec: Codec) -> bool {
        let caps = self.ground.video(codec).caps();
        named::<gst_app::AppSrc>(&self.pipeline, "video").set_caps(caps.as_ref());
        let opus = gst::Caps::builder("audio/x-opus").field("rate", 48_000i32).field("channels", 1i32);
        let opus = opus.field("channel-mapping-family", 0i32).build();
        named::<gst_app::AppSrc>(&self.pipeline, "audio").set_caps(Some(&opus));
        caps.is_some()
    }

    fn receive(&self) {
        let channel = self.channel.clone();
        let receiver = Receiver {
            link: self.id,
            post: self.post.clone(),
            timeline: self.ground.timeline.clone(),
            share: self.share.clone(),
            hear: Arc::new(move |samples| channel.push(samples)),
        };
        let pipeline = self.pipeline.downgrade();
        self.webrtc.connect_pad_added(move |_, pad| {
            if let Some(pipeline) = pipeline.upgrade().filter(|_| pad.direction() == gst::PadDirection::Src) {
                receiver.accept(&pipeline, pad);
            }
        });
    }

    /// Offers the same whatever encoder runs: parameter sets travel in the stream, and a changed
    /// description would ask for a negotiation in the middle of the call.
    fn fix_caps(&self) {
        let filter: gst::Element = named(&self.pipeline, "video_rtp");
        let pad = filter.static_pad("src").expect("a filter has a source pad");
        pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, |_, info| {
            if let Some(gst::EventView::Caps(event)) = info.event().map(|event| event.view()) {
                let mut caps = event.caps_owned();
                for structure in caps.make_mut().iter_mut() {
                    structure.remove_fields(["sprop-parameter-sets", "profile", "profile-level-id", "a-framerate"]);
                    if structure.get::<&str>("encoding-name") == Ok("H264") {
                        structure.set("profile-level-id", "42e01f");
                        structure.set("level-asymmetry-allowed", "1");
                    }
                }
                info.data = Some(gst::PadProbeData::Event(gst::event::Caps::new(&caps)));
            }
            gst::PadProbeReturn::Ok
        });
    }

    /// A peer that lost a picture asks for a key frame; the wish ends here and goes to the one encoder.
    fn pass_key_wishes(&self, codec: Codec) {
        let appsrc: gst::Element = named(&self.pipeline, "video");
        let pad = appsrc.static_pad("src").expect("an appsrc has a source pad");
        let keys = self.ground.video(codec).keys();
        pad.add_probe(gst::PadProbeType::EVENT_UPSTREAM, move |_, info| {
            if info.event().is_some_and(|event| gst_video::ForceKeyUnitEvent::is(event)) {
                keys.ask();
            }
            gst::PadProbeReturn::Ok
        });
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.ground.video(self.share.codec).detach(self.id);
        self.ground.opus.detach(self.id);
        self.channel.close();
        self.ground.reaper.retire(self.pipeline.clone());
    }
}

fn describe(codec: Codec) -> String {
    let (payloader, coding) = match codec {
        Codec::H264 => (
            format!("rtph264pay mtu={MTU} pt={VIDEO_PAYLOAD} config-interval=-1 aggregate-mode=zero-latency"),
            "encoding-name=H264,packetization-mode=(string)1",
        ),
        Codec::Vp8 => (format!("rtpvp8pay mtu={MTU} pt={VIDEO_PAYLOAD} picture-id-mode=15-bit"), "encoding-name=VP8"),
    };
    format!(
        "webrtcbin name=webrtc bundle-policy=max-bundle latency={JITTER_MS} \
         appsrc name=video is-live=true format=time max-buffers=0 max-bytes=0 \
         ! {payloader} ! capsfilter name=video_rtp caps=\"application/x-rtp,media=video,{coding},\
         payload={VIDEO_PAYLOAD},clock-rate=90000,rtcp-fb-transport-cc=true,extmap-3=(string){TRANSPORT_CC},\
         extmap-4=(string){}\" \
         ! webrtc.sink_0 \
         appsrc name=audio is-live=true format=time leaky-type=downstream max-buffers=50 max-bytes=0 \
         ! rtpopuspay mtu={MTU} pt={AUDIO_PAYLOAD} ! capsfilter caps=\"application/x-rtp,media=audio,\
         encoding-name=OPUS,payload={AUDIO_PAYLOAD},useinbandfec=(string)1,minptime=(string)10\" ! webrtc.sink_1",
        playout::URI
    )
}

/// Has a webrtcbin talk over the loopback interface alone.
pub(crate) fn stay_inside(webrtc: &gst::Element) {
    let agent = webrtc.property::<gst::glib::Object>("ice-agent");
    if !agent.emit_by_name::<bool>("add-local-ip-address", &[&"127.0.0.1"]) {
        tracing::warn!("a call inside the booth cannot be kept off the network");
    }
}

/// Lost video packets are asked for again. On audio, Chromium would reject the offer for it.
fn repair_losses(webrtc: &gst::Element) {
    let pad = webrtc.static_pad("sink_0").expect("the description links it");
    pad.property::<gst_webrtc::WebRTCRTPTransceiver>("transceiver").set_property("do-nack", true);
}

/// Notes when packets come in: webrtcbin itself does not tell when a peer falls silent.
fn watch_arrivals(webrtc: &gst::Element, share: &Arc<LinkShare>) {
    let bin = webrtc.downcast_ref::<gst::Bin>().expect("webrtcbin is a bin");
    let share = share.clone();
    bin.connect_deep_element_added(move |_, _, element| {
        let name = element.factory().map(|f| f.name());
        if name.as_deref() == Some("rtprtxsend") {
            element.set_property("max-size-time", REPAIR_MS);
        }
        let is_source = name.as_deref() == Some("nicesrc");
        let Some(pad) = element.static_pad("src").filter(|_| is_source) else { return };
        let share = share.clone();
        pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST, move |_, info| {
            share.heard(info.buffer_list().map_or(1, |list| list.len()));
            gst::PadProbeReturn::Ok
        });
    });
}
