use engawa_media::{Codec, Signal};
use gst::prelude::*;
use gst_video::prelude::*;
use gst_webrtc::{WebRTCSDPType, WebRTCSessionDescription};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

/// An answering peer.
pub struct Peer {
    pipeline: gst::Pipeline,
    webrtc: gst::Element,
    seen: Arc<Seen>,
    post: Arc<dyn Fn(Signal) + Send + Sync>,
}

#[derive(Default)]
struct Seen {
    pictures: AtomicU64,
    stamped: AtomicU64,
    dark: AtomicU64,
    ages: Mutex<Vec<i32>>,
    sound: Mutex<Vec<f32>>,
}

impl Peer {
    pub fn start(codec: Codec, post: impl Fn(Signal) + Send + Sync + 'static) -> Self {
        Self::build(codec, post, |_| {})
    }

    /// A peer behind a line that loses one picture for good, and the first request for a new beginning with it.
    pub fn behind_a_bad_line(codec: Codec, post: impl Fn(Signal) + Send + Sync + 'static) -> Self {
        Self::build(codec, post, |pipeline| {
            let payloader = pipeline.by_name("pay").expect("pay");
            pipeline.by_name("encoder").expect("encoder").set_property("key-int-max", 100_000u32);
            let pad = payloader.static_pad("src").expect("pad");
            let (sent, lost) = (AtomicU64::new(0), Arc::new(AtomicU64::new(0)));
            let gone = lost.clone();
            pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST, move |_, _| {
                let is_lost = sent.fetch_add(1, Ordering::Relaxed) == 90;
                gone.fetch_add(u64::from(is_lost), Ordering::Relaxed);
                if is_lost { gst::PadProbeReturn::Drop } else { gst::PadProbeReturn::Ok }
            });
            pad.add_probe(gst::PadProbeType::EVENT_UPSTREAM, move |_, info| {
                let asks = info.event().is_some_and(|event| gst_video::ForceKeyUnitEvent::is(event));
                let first = asks && lost.compare_exchange(1, 2, Ordering::Relaxed, Ordering::Relaxed).is_ok();
                if first { gst::PadProbeReturn::Drop } else { gst::PadProbeReturn::Ok }
            });
        })
    }

    fn build(
        codec: Codec,
        post: impl Fn(Signal) + Send + Sync + 'static,
        prepare: impl FnOnce(&gst::Pipeline),
    ) -> Self {
        let encoder = match codec {
            Codec::H264 => {
                "x264enc name=encoder tune=zerolatency speed-preset=ultrafast threads=1 key-int-max=60 bitrate=500 \
                 ! video/x-h264,profile=constrained-baseline ! rtph264pay name=pay pt=96 config-interval=-1 \
                 aggregate-mode=zero-latency ! application/x-rtp,media=video,encoding-name=H264,payload=96,\
                 packetization-mode=(string)1,profile-level-id=(string)42c01e"
            }
            Codec::Vp8 => {
                "vp8enc deadline=1 cpu-used=16 threads=1 keyframe-max-dist=60 target-bitrate=500000 \
                 ! rtpvp8pay pt=96 ! application/x-rtp,media=video,encoding-name=VP8,payload=96"
            }
        };
        // The payloader's profile would have to be that of the encoder's level; the booth takes any.
        let encoder = encoder.replace(",profile-level-id=(string)42c01e", "");
        let description = format!(
            "webrtcbin name=webrtc bundle-policy=max-bundle latency=50 \
             videotestsrc is-live=true pattern=smpte ! video/x-raw,format=I420,width=640,height=360,framerate=30/1 \
             ! identity name=stamp ! queue leaky=downstream max-size-buffers=2 ! {encoder} ! webrtc.sink_0 \
             audiotestsrc is-live=true freq={hz} volume=0.3 ! audio/x-raw,rate=48000,channels=1 \
             ! opusenc ! rtpopuspay pt=97 ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 \
             ! webrtc.sink_1",
            hz = super::PEER_HZ
        );
        gst::init().expect("GStreamer");
        let pipeline = gst::parse::launch(&description).expect("a peer").downcast::<gst::Pipeline>().expect("pipeline");
        let webrtc = pipeline.by_name("webrtc").expect("webrtc");
        let stamp = pipeline.by_name("stamp").expect("stamp").static_pad("src").expect("pad");
        stamp.add_probe(gst::PadProbeType::BUFFER, |_, info| {
            draw(info.buffer_mut().expect("a buffer").make_mut());
            gst::PadProbeReturn::Ok
        });
        let post: Arc<dyn Fn(Signal) + Send + Sync> = Arc::new(post);
        let to = post.clone();
        webrtc.connect("on-ice-candidate", false, move |values| {
            let (line, candidate) = (values[1].get().expect("line"), values[2].get().expect("candidate"));
            to(Signal::Candidate { candidate, line });
            None
        });
        let seen = Arc::new(Seen::default());
        let (weak, kept) = (pipeline.downgrade(), seen.clone());
        webrtc.connect_pad_added(move |_, pad| {
            if let Some(pipeline) = weak.upgrade() {
                receive(&pipeline, pad, &kept);
            }
        });
        prepare(&pipeline);
        pipeline.set_state(gst::State::Playing).expect("the peer starts");
        Self { pipeline, webrtc, seen, post }
    }

    pub fn take(&self, signal: &Signal) {
        match signal {
            Signal::Offer { sdp } => self.answer(sdp),
            Signal::Answer { sdp } => {
                let sdp = gst_sdp::SDPMessage::parse_buffer(sdp.as_bytes()).expect("an answer");
                let answer = WebRTCSessionDescription::new(WebRTCSDPType::Answer, sdp);
                self.webrtc.emit_by_name::<()>("set-remote-description", &[&answer, &None::<gst::Promise>]);
            }
            Signal::Candidate { candidate, line } if !candidate.is_empty() => {
                self.webrtc.emit_by_name::<()>("add-ice-candidate", &[line, candidate]);
            }
            Signal::Candidate { .. } | Signal::Rebuild => {}
        }
    }

    fn answer(&self, sdp: &str) {
        let sdp = gst_sdp::SDPMessage::parse_buffer(sdp.as_bytes()).expect("the booth's offer reads");
        let offer = WebRTCSessionDescription::new(WebRTCSDPType::Offer, sdp);
        let (webrtc, post) = (self.webrtc.clone(), self.post.clone());
        let offered = gst::Promise::with_change_func(move |reply| {
            reply.expect("the offer is taken");
            let answering = webrtc.clone();
            let made = gst::Promise::with_change_func(move |reply| {
                let reply = reply.expect("an answer is made").expect("a reply");
                let answer = reply.get::<WebRTCSessionDescription>("answer").expect("an answer");
                answering.emit_by_name::<()>("set-local-description", &[&answer, &None::<gst::Promise>]);
                post(Signal::Answer { sdp: answer.sdp().as_text().expect("SDP") });
            });
            webrtc.emit_by_name::<()>("create-answer", &[&None::<gst::Structure>, &made]);
        });
        self.webrtc.emit_by_name::<()>("set-remote-description", &[&offer, &offered]);
    }

    /// Stops taking part without a word, as a frozen browser does.
    pub fn freeze(&self) {
        self.pipeline.set_state(gst::State::Null).expect("down");
    }

    pub fn pictures(&self) -> u64 {
        self.seen.pictures.load(Ordering::Relaxed)
    }

    /// Pictures with a stamp whose check byte is right.
    pub fn stamped(&self) -> u64 {
        self.seen.stamped.load(Ordering::Relaxed)
    }

    pub fn dark(&self) -> u64 {
        self.seen.dark.load(Ordering::Relaxed)
    }

    /// Ages in ms of all stamps read, sorted.
    pub fn ages(&self) -> Vec<i32> {
        let mut ages = self.seen.ages.lock().expect("lock").clone();
        ages.sort_unstable();
        ages
    }

    /// Whether the last tenth of a second is this tone.
    pub fn hears(&self, hz: f64) -> bool {
        let sound = self.seen.sound.lock().expect("lock");
        let part = |f: fn(f64) -> f64| -> f64 {
            sound.iter().enumerate().map(|(n, s)| f64::from(*s) * f(std::f64::consts::TAU * hz * n as f64 / 48e3)).sum()
        };
        let energy: f64 = sound.iter().map(|s| f64::from(s * s)).sum();
        let power = (part(f64::sin).powi(2) + part(f64::cos).powi(2)) * 2.0 / sound.len().max(1) as f64;
        sound.len() == 4800 && energy > 0.5 && power / energy > 0.8
    }

    pub fn is_quiet(&self) -> bool {
        let sound = self.seen.sound.lock().expect("lock");
        sound.len() == 4800 && sound.iter().all(|s| s.abs() < 0.005)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.pipeline.set_state(gst::State::Null).expect("down");
    }
}

fn receive(pipeline: &gst::Pipeline, pad: &gst::Pad, seen: &Arc<Seen>) {
    let caps = pad.current_caps().expect("caps");
    let coding: String = caps.structure(0).expect("one").get("encoding-name").expect("a coding");
    let chain = match coding.as_str() {
        "H264" => "rtph264depay ! avdec_h264 max-threads=1 ! videoconvert ! video/x-raw,format=I420",
        "VP8" => "rtpvp8depay ! vp8dec ! videoconvert ! video/x-raw,format=I420",
        _ => "rtpopusdepay ! opusdec ! audioconvert ! audio/x-raw,format=F32LE,channels=1,rate=48000",
    };
    let bin = gst::parse::bin_from_description(&format!("{chain} ! fakesink name=out sync=false async=false"), true)
        .expect("a decoder");
    let (seen, audio) = (seen.clone(), coding == "OPUS");
    bin.by_name("out").expect("out").static_pad("sink").expect("pad").add_probe(
        gst::PadProbeType::BUFFER,
        move |pad, info| {
            let buffer = info.buffer().expect("a buffer");
            if audio {
                hear(buffer, &mut seen.sound.lock().expect("lock"));
            } else {
                see(buffer, &pad.current_caps().expect("caps"), &seen);
            }
            gst::PadProbeReturn::Ok
        },
    );
    pipeline.add(&bin).expect("added");
    pad.link(&bin.static_pad("sink").expect("sink")).expect("linked");
    bin.sync_state_with_parent().expect("running");
}

fn hear(buffer: &gst::BufferRef, sound: &mut Vec<f32>) {
    let map = buffer.map_readable().expect("readable");
    sound.extend(map.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
    let surplus = sound.len().saturating_sub(4800);
    sound.drain(..surplus);
}

fn see(buffer: &gst::BufferRef, caps: &gst::Caps, seen: &Seen) {
    seen.pictures.fetch_add(1, Ordering::Relaxed);
    let info = gst_video::VideoInfo::from_caps(caps).expect("info");
    let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, &info).expect("a frame");
    let (width, stride) = (info.width() as usize, frame.plane_stride()[0] as usize);
    let map = frame.plane_data(0).expect("luma");
    let block = width / 40;
    let bits =
        (0..40).fold(0u64, |bits, i| bits << 1 | u64::from(map[block / 2 * stride + i * block + block / 2] > 126));
    let (value, check) = ((bits >> 8) as u32, bits as u8);
    if value != 0 && value.to_be_bytes().iter().fold(0, |a, b| a ^ b) == check {
        seen.stamped.fetch_add(1, Ordering::Relaxed);
        seen.ages.lock().expect("lock").push(now().wrapping_sub(value) as i32);
    }
    if map[..stride * 300].iter().all(|luma| *luma < 40) {
        seen.dark.fetch_add(1, Ordering::Relaxed);
    }
}

/// Draws the stamp as a page does: 40 squares, 32 bits of time and their exclusive-or.
fn draw(buffer: &mut gst::BufferRef) {
    let value = now();
    let check = value.to_be_bytes().iter().fold(0, |a, b| a ^ b);
    let bits = u64::from(value) << 8 | u64::from(check);
    let mut map = buffer.map_writable().expect("writable");
    for row in map[..640 * 16].chunks_mut(640) {
        for (i, block) in row.chunks_mut(16).enumerate() {
            block.fill(if bits >> (39 - i) & 1 == 1 { 235 } else { 16 });
        }
    }
}

fn now() -> u32 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_millis() as u32
}
