//! Whether the media works: the devices by themselves, and a call of the booth with itself (S4).
//!
//! Everything is opened by the same code as a call, so that what passes here passes there. The other end stands in
//! the same process and is reached over the loopback interface: a cut network is no fault of the media.

mod far;
mod judge;

use crate::mailbox::Mailbox;
use crate::{Config, Device, Error, Happening, LinkId, LinkOptions, LinkState, Media};
use engawa_protocol::{Codec, Peer, Seat, Signal};
use far::Far;
use judge::{Seen, judge};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// What was found of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It works; with what was measured.
    Good(String),
    /// It does not: why, and what to do, in English.
    Failed(String),
    /// The configuration has none.
    Absent,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// Pictures come.
    pub camera: Found,
    /// Sound comes, and is not dead.
    pub microphone: Found,
    /// Sound is taken.
    pub speaker: Found,
    /// Picture and sound pass from one webrtcbin to another.
    pub call: Found,
}

/// Things that wait for the check; beyond, measurements of the microphone are dropped, of which many come.
const WAITING: usize = 1024;
/// What is measured is looked at so often.
const LOOK: Duration = Duration::from_millis(20);
/// A device that is lost is tried again every few seconds, each time as another kind; then it is given up.
const LOST: Duration = Duration::from_secs(10);
const LINK: LinkId = LinkId { peer: Peer { seat: Seat(1), since: 1 }, attempt: 1 };
/// Pictures are compared in this size.
const SMALL: (u32, u32) = (64, 64);

/// Looks at camera, microphone and speaker and holds a call with itself; at most `patience` long, and some seconds
/// for taking it down. Nothing else may have the devices open.
///
/// None when `stop` was set meanwhile; the devices are free again then, too.
pub fn check(config: &Config, patience: Duration, stop: &AtomicBool) -> Option<Findings> {
    examine(config, patience, stop, true)
}

/// With `answered` false, nothing of the far end arrives.
fn examine(config: &Config, patience: Duration, stop: &AtomicBool, answered: bool) -> Option<Findings> {
    match Run::begin(config) {
        Ok(run) => run.watch(patience, stop, answered),
        Err(error) => {
            let source = std::error::Error::source(&error).map_or_else(String::new, |source| format!(": {source}"));
            let reason = format!("{error}{source}");
            let failed = || Found::Failed(reason.clone());
            Some(Findings { camera: failed(), microphone: failed(), speaker: failed(), call: failed() })
        }
    }
}

impl Findings {
    /// Each with its name.
    pub fn parts(&self) -> [(&'static str, &Found); 4] {
        [("camera", &self.camera), ("microphone", &self.microphone), ("speaker", &self.speaker), ("call", &self.call)]
    }

    fn is_whole(&self) -> bool {
        self.parts().iter().all(|(_, found)| !matches!(found, Found::Failed(_)))
    }
}

enum Event {
    Near(Happening),
    Far(Signal),
}

/// A check under way. The near end goes down first: it tells of its peer's end as of a loss.
struct Run {
    config: Config,
    media: Media,
    far: Far,
    events: std::sync::mpsc::Receiver<Event>,
    own: Mailbox,
    seen: Seen,
    /// The newest mean brightness of the own picture.
    bright: Option<u8>,
    first: Option<Instant>,
    counted: u64,
    /// Steps played before the speaker was lost last.
    before: u64,
}

impl Run {
    fn begin(config: &Config) -> Result<Self, Error> {
        // Whatever the last candidate had turned off.
        let config = Config { microphone: true, camera: true, listen: None, ..config.clone() };
        let (sender, events) = sync_channel(WAITING);
        let near = sender.clone();
        let media = Media::start_inside(config.clone(), move |happening| post(&near, Event::Near(happening)))?;
        let far = Far::start(LINK, Codec::H264, move |signal| post(&sender, Event::Far(signal)))?;
        let own = media.preview();
        for mailbox in [&own, &far.share.mailbox] {
            mailbox.resize(SMALL.0, SMALL.1);
            // From now on pictures are made.
            mailbox.take();
        }
        media.add_link(LINK, LinkOptions { codec: Codec::H264, ice_servers: Vec::new() });
        let seen = Seen::default();
        Ok(Self { config, media, far, events, own, seen, bright: None, first: None, counted: 0, before: 0 })
    }

    fn watch(mut self, patience: Duration, stop: &AtomicBool, answered: bool) -> Option<Findings> {
        let begun = Instant::now();
        loop {
            match self.events.recv_timeout(LOOK) {
                Ok(Event::Near(happening)) => self.near(happening),
                Ok(Event::Far(signal)) if answered => self.media.remote_signal(LINK, &signal),
                Ok(Event::Far(_)) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => self.seen.call_failed = Some("the media stopped"),
            }
            self.measure();
            let findings = judge(&self.config, &self.seen);
            let passed = begun.elapsed();
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            if findings.is_whole() || passed >= patience || (passed >= LOST && self.is_hopeless(&findings)) {
                return Some(findings);
            }
        }
    }

    /// Only lost devices are missing, which were tried again by now.
    fn is_hopeless(&self, findings: &Findings) -> bool {
        let failed = findings.parts().into_iter().filter(|(_, found)| matches!(found, Found::Failed(_)));
        failed.into_iter().all(|(name, _)| self.seen.lost.contains(name))
    }

    fn near(&mut self, happening: Happening) {
        match happening {
            Happening::Signal { signal, .. } => self.far.take(&signal),
            Happening::LinkConnected { .. } => self.seen.connected = true,
            Happening::LinkFailed { reason, .. } => self.seen.call_failed = Some(reason),
            Happening::Broken { reason } => self.seen.call_failed = Some(reason),
            Happening::Heard { level, .. } if self.seen.samples > 0 => self.seen.level = self.seen.level.max(level),
            Happening::SourceLost { what } => {
                self.seen.lost.insert(judge::name(what));
                if what == Device::Speaker {
                    self.before = self.media.played();
                }
            }
            Happening::SourceBack { what } => {
                self.seen.lost.remove(judge::name(what));
            }
            Happening::EncoderChanged { name } => self.seen.encoder = Some(name),
            Happening::Heard { .. } | Happening::LinkInterrupted { .. } | Happening::FirstPicture { .. } => {}
        }
    }

    fn measure(&mut self) {
        let figures = self.media.figures();
        let (seen, now) = (&mut self.seen, Instant::now());
        if figures.captured > self.counted {
            self.counted = figures.captured;
            seen.captured_for = now.duration_since(*self.first.get_or_insert(now));
            seen.captured = figures.captured;
        }
        (seen.heard, seen.alive) = self.media.heard();
        seen.played = self.media.played().saturating_sub(self.before);
        seen.undecodable |= self.far.failed();
        seen.pictures = self.far.share.figures(LINK).video_decoded;
        (seen.samples, seen.peak) = (self.far.sound.samples(), self.far.sound.peak());
        seen.connected |= figures.links.iter().any(|link| link.state == LinkState::Connected);
        self.bright = brightness(&self.own).or(self.bright);
        if let (Some(own), Some(far)) = (self.bright, brightness(&self.far.share.mailbox)) {
            seen.brightness = Some((own, far));
        }
    }
}

fn post(events: &SyncSender<Event>, event: Event) {
    // A check that does not keep up fails by its time.
    events.try_send(event).ok();
}

/// The mean brightness of the newest picture, 0 to 255.
fn brightness(mailbox: &Mailbox) -> Option<u8> {
    let frame = mailbox.take()?;
    let pixels = frame.pixels.as_chunks::<4>().0;
    let sum: u64 = pixels.iter().map(|[r, g, b, _]| (u64::from(*r) + u64::from(*g) + u64::from(*b)) / 3).sum();
    Some((sum / pixels.len().max(1) as u64) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AudioSource, Speaker, VideoSource};

    /// Nobody answers: the devices are good, the call is not.
    #[test]
    fn a_call_that_does_not_connect_is_told_of_the_call_alone() {
        let config = Config {
            video: VideoSource::Test,
            audio: AudioSource::Tone { hz: 1000.0 },
            speaker: Speaker::Silent,
            width: 320,
            height: 180,
            encoders: vec!["x264enc".into(), "openh264enc".into()],
            ..Config::default()
        };
        let patience = Duration::from_secs(6);
        let begun = Instant::now();
        let findings = examine(&config, patience, &AtomicBool::new(false), false).expect("nobody stops it");
        assert!(begun.elapsed() < patience + Duration::from_secs(10), "{:?}", begun.elapsed());
        assert!(matches!(&findings.call, Found::Failed(reason) if reason.contains("does not connect")), "{findings:?}");
        assert!(matches!(findings.camera, Found::Good(_)), "{findings:?}");
        assert!(matches!(findings.microphone, Found::Good(_)), "{findings:?}");
        assert_eq!(findings.speaker, Found::Absent);
    }
}
