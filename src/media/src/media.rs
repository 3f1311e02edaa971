use crate::encode::{Ladder, Plan};
use crate::fanout::Fanout;
use crate::levels;
use crate::link::{Ground, LinkShare, LinkState, playout};
use crate::mailbox::{Mailbox, lock};
use crate::note::{Note, Origin, Post, QUEUE};
use crate::picture::{self, PictureHub};
use crate::reaper::Reaper;
use crate::sound::{Mixer, OPUS_LINE_RATE, Opus, Voice};
use crate::timeline::Timeline;
use crate::worker::Worker;
use crate::{AudioSource, Config, Error, Figures, Happening, LinkId, LinkOptions, VideoSource};
use engawa_protocol::{Codec, Signal};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread::JoinHandle;

/// The booth's media: capture, encoders, peer connections and playback.
///
/// One thread owns the graph; the methods only tell it, and never wait for it. Dropping takes
/// everything down.
pub struct Media {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the media thread and the methods both know.
pub(crate) struct Shared {
    pub post: Post,
    pub stopping: AtomicBool,
    pub hub: Arc<PictureHub>,
    pub voice: Arc<Voice>,
    pub ground: Ground,
    pub links: Mutex<BTreeMap<LinkId, Arc<LinkShare>>>,
    pub encoder: Mutex<Encoder>,
}

/// The encoders as `figures` shows them.
#[derive(Default)]
pub(crate) struct Encoder {
    pub name: Option<String>,
    pub bitrate: u32,
    pub bitrate_vp8: Option<u32>,
}

/// Elements that nothing can replace.
const NEEDED: [&str; 12] = [
    "webrtcbin",
    "nicesrc",
    "dtlssrtpenc",
    "rtph264pay",
    "rtph264depay",
    "rtpvp8pay",
    "rtpopuspay",
    "rtpopusdepay",
    "opusenc",
    "opusdec",
    "h264parse",
    "videoconvertscale",
];

/// Where the congestion estimate begins, in bit/s: it falls fast and rises slowly.
const LINE_START: u32 = 2_500_000;

impl Media {
    /// Starts capturing. `notify` is called from several threads and must only post.
    ///
    /// A device that is missing is no error: it is told by [`Happening::SourceLost`] and tried again.
    pub fn start(config: Config, notify: impl Fn(Happening) + Send + Sync + 'static) -> Result<Media, Error> {
        Self::begin(config, false, notify)
    }

    /// The same for a call with oneself: connections stay on the loopback interface.
    pub(crate) fn start_inside(
        config: Config,
        notify: impl Fn(Happening) + Send + Sync + 'static,
    ) -> Result<Media, Error> {
        Self::begin(config, true, notify)
    }

    fn begin(config: Config, inside: bool, notify: impl Fn(Happening) + Send + Sync + 'static) -> Result<Media, Error> {
        prepare()?;
        let hub = Arc::new(hub(&config)?);
        let notify: Arc<dyn Fn(Happening) + Send + Sync> = Arc::new(notify);
        let (sender, inbox) = mpsc::sync_channel(QUEUE);
        let post = Post::new(sender);
        let timeline = Timeline::new();
        let ground = Ground { inside, ..ground(&config, &timeline, &post) };
        let heard = post.clone();
        let opus = Opus::start(&timeline, ground.opus.clone(), move |trouble| {
            heard.send(Note::Trouble(Origin::Voice, trouble));
        })?;
        let filterable = !matches!(config.audio, AudioSource::Tone { .. });
        let voice = Voice::new(config.noise_suppression, config.microphone, filterable, opus, notify.clone());
        let shared = Arc::new(Shared {
            post,
            stopping: AtomicBool::new(false),
            hub,
            voice: Arc::new(voice),
            ground,
            links: Mutex::default(),
            encoder: Mutex::default(),
        });
        let (state, tell) = (shared.clone(), notify.clone());
        let run = move || {
            let work = AssertUnwindSafe(|| Worker::new(config, state, inbox, notify).run());
            if catch_unwind(work).is_err() {
                tell(Happening::Broken { reason: "the media thread failed" });
            }
        };
        let thread = std::thread::Builder::new().name("media".into()).spawn(run).map_err(Error::Thread)?;
        Ok(Media { shared, thread: Some(thread) })
    }

    /// Opens a connection and makes its offer, which comes as [`Happening::Signal`].
    pub fn add_link(&self, link: LinkId, options: LinkOptions) {
        let share = Arc::new(LinkShare::new(options.codec));
        let known = lock(&self.shared.links).insert(link, share.clone());
        if let Some(known) = known {
            known.mailbox.close();
        }
        self.shared.post.send(Note::AddLink(link, options, share));
    }

    /// Closes a connection.
    pub fn remove_link(&self, link: LinkId) {
        if let Some(share) = lock(&self.shared.links).remove(&link) {
            share.set_state(LinkState::Failed);
            share.mailbox.close();
        }
        self.shared.post.send(Note::RemoveLink(link));
    }

    /// Hands in what the link's peer sent. A broken one fails this link and no other.
    pub fn remote_signal(&self, link: LinkId, signal: &Signal) {
        self.shared.post.send(Note::RemoteSignal(link, signal.clone()));
    }

    /// Turns the microphone on or off; off sends silence, and goes on reporting what is heard.
    pub fn set_microphone(&self, on: bool) {
        self.shared.voice.microphone.store(on, Ordering::Relaxed);
    }

    /// Turns the camera on or off; off sends a dark picture a few times a second.
    pub fn set_camera(&self, on: bool) {
        self.shared.hub.set_camera(on);
    }

    /// Turns the noise filter on or off.
    pub fn set_noise_suppression(&self, on: bool) {
        self.shared.voice.suppression.store(on, Ordering::Relaxed);
    }

    /// Plays a short chime at the speaker (W4).
    pub fn test_sound(&self) {
        self.shared.ground.mixer.play(crate::sound::chime());
    }

    /// The own picture, as others see it; the screen mirrors it.
    pub fn preview(&self) -> Mailbox {
        self.shared.hub.preview()
    }

    /// A peer's picture; none for a link that was not added or is removed.
    pub fn mailbox(&self, link: LinkId) -> Option<Mailbox> {
        lock(&self.shared.links).get(&link).map(|share| share.mailbox.clone())
    }

    /// A small JPEG of the current picture (W12), made on the calling thread in some milliseconds.
    ///
    /// None while the camera is off or gives nothing.
    pub fn still(&self) -> Option<Vec<u8>> {
        picture::still(&self.shared.hub.last()?)
    }

    /// What the media has done so far.
    pub fn figures(&self) -> Figures {
        let shared = &self.shared;
        let links = lock(&shared.links).iter().map(|(link, share)| share.figures(*link)).collect();
        let encoder = lock(&shared.encoder);
        Figures {
            encoder: encoder.name.clone(),
            bitrate: encoder.bitrate,
            bitrate_vp8: encoder.bitrate_vp8,
            captured: shared.hub.captured(),
            encoded: shared.ground.h264.frames(),
            encoded_vp8: shared.ground.vp8.frames(),
            sound_encoded: shared.ground.opus.frames(),
            tone: shared.ground.mixer.tone(),
            notes_lost: shared.post.dropped(),
            links,
        }
    }

    /// Samples that the microphone gave, and whether any was not zero.
    pub(crate) fn heard(&self) -> (u64, bool) {
        let voice = &self.shared.voice;
        (voice.heard.load(Ordering::Relaxed), voice.alive.load(Ordering::Relaxed))
    }

    /// Steps of sound that the speaker took.
    pub(crate) fn played(&self) -> u64 {
        self.shared.ground.mixer.steps.load(Ordering::Relaxed)
    }

    /// Takes everything down and returns when it is.
    pub fn stop(self) {}
}

impl Drop for Media {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.shared.post.send(Note::Stop);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the media thread failed");
        }
        self.shared.hub.preview().close();
        lock(&self.shared.links).values().for_each(|share| share.mailbox.close());
    }
}

/// Starts GStreamer, registers the congestion estimator and looks whether everything is there.
fn prepare() -> Result<(), Error> {
    gst::init().map_err(Error::Init)?;
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    REGISTERED.get_or_init(|| gstrsrtp::plugin_register_static().is_ok() && playout::register().is_ok());
    let missing = |name: &&&str| gst::ElementFactory::find(name).is_none();
    match NEEDED.iter().chain(&["rtpgccbwe"]).find(missing) {
        Some(name) => Err(Error::Missing(name)),
        None => Ok(()),
    }
}

fn hub(config: &Config) -> Result<PictureHub, Error> {
    let Config { width, height, fps, bitrate, .. } = config;
    if !(160..=3840).contains(width) || !(90..=2160).contains(height) || (width | height) & 1 == 1 {
        return Err(Error::Config("width and height must be even, from 160 × 90 to 3840 × 2160"));
    }
    if !(1..=60).contains(fps) {
        return Err(Error::Config("from 1 to 60 frames a second"));
    }
    if bitrate.is_empty() || *bitrate.start() < 50_000 || *bitrate.end() > 50_000_000 {
        return Err(Error::Config("the bitrate must be a range within 50 000 and 50 000 000 bit/s"));
    }
    let caps = gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, *width, *height)
        .fps(gst::Fraction::new(*fps as i32, 1))
        .colorimetry(&levels::bt601())
        .build()
        .and_then(|info| info.to_caps())
        .map_err(|_| Error::Config("the picture's size is not usable"))?;
    let stamped = config.video == VideoSource::Test;
    PictureHub::new(caps, config.camera, stamped).ok_or(Error::Config("the picture's size is not usable"))
}

fn ground(config: &Config, timeline: &Timeline, post: &Post) -> Ground {
    // The estimate covers the whole line: video with its headers, and sound.
    let line = config.bitrate.start() + OPUS_LINE_RATE..=config.bitrate.end() / 10 * 12 + OPUS_LINE_RATE;
    Ground {
        timeline: timeline.clone(),
        post: post.clone(),
        reaper: Reaper::default(),
        mixer: Arc::new(Mixer::new(config.listen)),
        h264: Fanout::video(),
        vp8: Fanout::video(),
        opus: Fanout::audio(),
        line_start: LINE_START.clamp(*line.start(), *line.end()),
        line,
        inside: false,
    }
}

impl Shared {
    /// The encoders of one codec.
    pub fn ladder(&self, codec: Codec, rungs: Vec<String>, bitrate: u32) -> Ladder {
        let fanout = match codec {
            Codec::H264 => &self.ground.h264,
            Codec::Vp8 => &self.ground.vp8,
        };
        let plan =
            Plan { timeline: self.ground.timeline.clone(), fanout: fanout.clone(), reaper: self.ground.reaper.clone() };
        Ladder::new(codec, rungs, plan, self.hub.caps().clone(), bitrate, self.post.clone())
    }
}
