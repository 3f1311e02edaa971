mod links;

use crate::capture::{Sinks, Wish};
use crate::encode::{Change, Ladder};
use crate::link::Link;
use crate::mailbox::lock;
use crate::media::Shared;
use crate::note::{Note, Origin, Trouble};
use crate::sound::OPUS_LINE_RATE;
use crate::source::{Loudspeaker, Source};
use crate::{AudioSource, Config, Device, Happening, LinkId, VideoSource};
use engawa_protocol::Codec;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Once, mpsc};
use std::time::{Duration, Instant};

/// The graph is looked after this often; dark pictures come at the same rate.
const TICK: Duration = Duration::from_millis(200);
/// How long stopping waits for drivers.
const DOWN: Duration = Duration::from_secs(5);

/// The thread that owns the graph.
pub(crate) struct Worker {
    shared: Arc<Shared>,
    inbox: mpsc::Receiver<Note>,
    notify: Arc<dyn Fn(Happening) + Send + Sync>,
    bitrate: RangeInclusive<u32>,
    sinks: Sinks,
    sources: Vec<Source>,
    speaker: Loudspeaker,
    h264: Ladder,
    vp8: Ladder,
    encoder_lost: bool,
    links: HashMap<LinkId, Link>,
}

impl Worker {
    pub fn new(
        config: Config,
        shared: Arc<Shared>,
        inbox: mpsc::Receiver<Note>,
        notify: Arc<dyn Fn(Happening) + Send + Sync>,
    ) -> Self {
        let now = Instant::now();
        let start = video_share(shared.ground.line_start, &config.bitrate);
        let sinks =
            Sinks { timeline: shared.ground.timeline.clone(), hub: shared.hub.clone(), voice: shared.voice.clone() };
        Self {
            h264: shared.ladder(Codec::H264, config.encoders.clone(), start),
            vp8: shared.ladder(Codec::Vp8, vec!["vp8enc".into()], start),
            sources: sources(&config, now),
            speaker: Loudspeaker::new(config.speaker.clone(), now),
            bitrate: config.bitrate,
            encoder_lost: false,
            links: HashMap::new(),
            shared,
            inbox,
            notify,
            sinks,
        }
    }

    /// Runs until it is told to stop, then takes everything down.
    pub fn run(mut self) {
        warm_up();
        let mut next = Instant::now();
        self.tick(next);
        let change = self.h264.start(Instant::now());
        self.changed(Codec::H264, change);
        while !self.shared.stopping.load(Ordering::Relaxed) {
            match self.inbox.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(note) => self.handle(note),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            let now = Instant::now();
            if now >= next {
                next = now + TICK;
                self.tick(now);
            }
        }
        self.down();
    }

    fn handle(&mut self, note: Note) {
        let now = Instant::now();
        match note {
            Note::AddLink(link, options, share) => self.add(link, &options, share),
            Note::RemoveLink(link) => {
                self.links.remove(&link);
                self.rest();
            }
            Note::RemoteSignal(link, signal) => {
                let taken = self.links.get_mut(&link).map_or(Ok(()), |link| link.take(&signal));
                if let Err(reason) = taken {
                    self.fail(link, reason);
                }
            }
            Note::Link(link, note) => self.link(link, note),
            Note::Trouble(origin, trouble) => self.trouble(origin, trouble, now),
            Note::Stop => {}
        }
    }

    fn tick(&mut self, now: Instant) {
        let (post, ground) = (self.shared.post.clone(), self.shared.ground.clone());
        let told = self.speaker.tend(&ground.timeline, &ground.mixer, &post, &ground.reaper, now);
        let echo = self.speaker.gives_echo();
        let mut all: Vec<_> = told.into_iter().collect();
        for source in &mut self.sources {
            source.set_echo(echo, &ground.reaper, now);
            all.extend(source.tend(&self.sinks, &post, &ground.reaper, now));
        }
        all.into_iter().for_each(|happening| (self.notify)(happening));
        self.shared.hub.fill(ground.timeline.now());
        for codec in [Codec::H264, Codec::Vp8] {
            let change = self.ladder(codec).watch(now);
            self.changed(codec, change);
        }
        self.watch_links();
        self.govern();
    }

    fn trouble(&mut self, origin: Origin, trouble: Trouble, now: Instant) {
        let reaper = self.shared.ground.reaper.clone();
        match origin {
            Origin::Device(Device::Speaker, generation) => {
                let told = self.speaker.trouble(generation, trouble, &reaper, now);
                told.into_iter().for_each(|happening| (self.notify)(happening));
            }
            Origin::Device(device, generation) => {
                if let Some(source) = self.sources.iter_mut().find(|source| source.is(device)) {
                    let told = source.trouble(generation, trouble, &self.sinks, &reaper, now);
                    told.into_iter().for_each(|happening| (self.notify)(happening));
                }
            }
            _ if trouble != Trouble::Error => {}
            Origin::Encoder(codec, generation) => {
                let change = self.ladder(codec).trouble(generation, now);
                self.changed(codec, change);
            }
            Origin::Voice => (self.notify)(Happening::Broken { reason: "the sound encoder failed" }),
            Origin::Link(link) => self.fail(link, "its pipeline failed"),
        }
    }

    fn ladder(&mut self, codec: Codec) -> &mut Ladder {
        match codec {
            Codec::H264 => &mut self.h264,
            Codec::Vp8 => &mut self.vp8,
        }
    }

    fn watched(&self, codec: Codec) -> bool {
        self.links.values().any(|link| link.share.codec == codec)
    }

    /// Feeds exactly the encoders that somebody watches.
    fn feed(&mut self) {
        let inlets = [(Codec::H264, self.h264.inlet()), (Codec::Vp8, self.vp8.inlet())];
        let watched = inlets.into_iter().filter(|(codec, _)| self.watched(*codec));
        self.shared.hub.feed(watched.filter_map(|(_, inlet)| inlet).collect());
    }

    /// Lets the second encoder go with the last peer that needed it.
    fn rest(&mut self) {
        if !self.watched(Codec::Vp8) {
            self.vp8.stop();
        }
        self.feed();
    }

    fn changed(&mut self, codec: Codec, change: Change) {
        match change {
            Change::Nothing => return,
            // The second encoder comes and goes with its peers, which is nothing to tell.
            _ if codec != Codec::H264 => {}
            Change::To(name) => {
                if std::mem::take(&mut self.encoder_lost) {
                    (self.notify)(Happening::SourceBack { what: Device::Encoder });
                }
                (self.notify)(Happening::EncoderChanged { name });
            }
            Change::Lost => {
                if !std::mem::replace(&mut self.encoder_lost, true) {
                    (self.notify)(Happening::SourceLost { what: Device::Encoder });
                }
            }
        }
        self.feed();
        self.govern();
    }

    /// Sets each encoder to what its slowest peer's line takes.
    fn govern(&mut self) {
        for codec in [Codec::H264, Codec::Vp8] {
            let lines = self.links.values().filter(|link| link.share.codec == codec);
            let slowest = lines.map(|link| link.share.estimate.load(Ordering::Relaxed)).filter(|e| *e > 0).min();
            let line = slowest.unwrap_or(self.shared.ground.line_start);
            let wanted = video_share(line, &self.bitrate);
            let ladder = self.ladder(codec);
            let now = ladder.bitrate();
            // Small steps up are not worth a change of the encoder's plan; any step down is.
            if wanted < now || wanted > now / 100 * 104 {
                ladder.set_bitrate(wanted, Instant::now());
            }
        }
        let mut encoder = lock(&self.shared.encoder);
        encoder.name = self.h264.name().map(str::to_owned);
        encoder.bitrate = self.h264.bitrate();
        encoder.bitrate_vp8 = self.vp8.name().map(|_| self.vp8.bitrate());
    }

    fn down(&mut self) {
        let reaper = self.shared.ground.reaper.clone();
        self.shared.hub.feed(Vec::new());
        self.sources.iter_mut().for_each(|source| source.down(&reaper));
        self.links.clear();
        self.h264.stop();
        self.vp8.stop();
        self.speaker.down(&reaper);
        if !reaper.finish(DOWN) {
            tracing::error!("a pipeline hangs and is left behind");
        }
    }
}

/// What is left of a line for the encoder once sound and headers are taken off.
fn video_share(line: u32, bounds: &RangeInclusive<u32>) -> u32 {
    (line.saturating_sub(OPUS_LINE_RATE) / 100 * 93).clamp(*bounds.start(), *bounds.end())
}

fn sources(config: &Config, now: Instant) -> Vec<Source> {
    let echo = false;
    match (&config.video, &config.audio) {
        (VideoSource::File(picture), AudioSource::File(sound)) if picture == sound => {
            vec![Source::new(&[Device::Camera, Device::Microphone], Wish::Both(picture.clone()), now)]
        }
        (video, audio) => vec![
            Source::new(&[Device::Camera], Wish::Picture(video.clone()), now),
            Source::new(&[Device::Microphone], Wish::Sound { source: audio.clone(), echo }, now),
        ],
    }
}

/// Has the process's DTLS key made before the first call needs it: that takes up to half a second.
fn warm_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let make = || drop(gst::ElementFactory::make("dtlsdec").build());
        if std::thread::Builder::new().name("media-key".into()).spawn(make).is_err() {
            tracing::debug!("the first call will be a little slower");
        }
    });
}
