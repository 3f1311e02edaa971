use crate::capture::{Capture, Sinks, Wish, capture};
use crate::note::{Note, Origin, Post, Trouble};
use crate::reaper::Reaper;
use crate::sound::{Mixer, speaker};
use crate::timeline::Timeline;
use crate::{Device, Happening, Speaker};
use gst::prelude::*;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A lost device is tried again this often.
const AGAIN: Duration = Duration::from_secs(3);
/// A source that gives nothing for this long is lost, although it said no word.
const STALL: Duration = Duration::from_secs(4);
/// A speaker that has played for this long without an error works.
const SETTLED: Duration = Duration::from_secs(1);

/// A source of picture or sound that is kept alive.
pub(crate) struct Source {
    devices: &'static [Device],
    wish: Wish,
    capture: Option<Capture>,
    generation: u32,
    again_at: Option<Instant>,
    state: State,
    seen: u64,
    seen_at: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Starting,
    Here,
    Lost,
}

impl Source {
    pub fn new(devices: &'static [Device], wish: Wish, now: Instant) -> Self {
        let state = State::Starting;
        Self { devices, wish, capture: None, generation: 0, again_at: Some(now), state, seen: 0, seen_at: now }
    }

    pub fn is(&self, device: Device) -> bool {
        self.devices.contains(&device)
    }

    /// Starts a microphone anew, with or without echo canceller.
    pub fn set_echo(&mut self, on: bool, reaper: &Reaper, now: Instant) {
        if let Wish::Sound { echo, .. } = &mut self.wish
            && *echo != on
        {
            *echo = on;
            self.down(reaper);
            self.again_at = Some(now);
        }
    }

    /// Starts what is due, sees whether it delivers, and tells when that changes.
    pub fn tend(&mut self, sinks: &Sinks, post: &Post, reaper: &Reaper, now: Instant) -> Vec<Happening> {
        if self.again_at.is_some_and(|at| now >= at) {
            self.again_at = None;
            return self.start(sinks, post, reaper, now);
        }
        let Some(capture) = &self.capture else { return Vec::new() };
        let delivered = capture.delivered.load(Ordering::Relaxed);
        if delivered != self.seen {
            (self.seen, self.seen_at) = (delivered, now);
            return self.turn(State::Here, sinks);
        }
        if now.duration_since(self.seen_at) < STALL {
            return Vec::new();
        }
        tracing::warn!(devices = ?self.devices, "a source gives nothing");
        self.lose(sinks, reaper, now)
    }

    /// Handles what the source's pipeline said.
    pub fn trouble(
        &mut self,
        generation: u32,
        trouble: Trouble,
        sinks: &Sinks,
        reaper: &Reaper,
        now: Instant,
    ) -> Vec<Happening> {
        let current = generation == self.generation;
        let Some(capture) = self.capture.as_mut().filter(|_| current) else { return Vec::new() };
        let goes_on = match trouble {
            Trouble::Ready => capture.turn_over(true),
            Trouble::SegmentDone => capture.turn_over(false),
            Trouble::Error | Trouble::Ended => false,
        };
        if goes_on { Vec::new() } else { self.lose(sinks, reaper, now) }
    }

    fn start(&mut self, sinks: &Sinks, post: &Post, reaper: &Reaper, now: Instant) -> Vec<Happening> {
        self.generation += 1;
        let (post, origin) = (post.clone(), Origin::Device(self.devices[0], self.generation));
        let hear = move |trouble| post.send(Note::Trouble(origin, trouble));
        match capture(&self.wish, self.generation - 1, sinks, hear) {
            Ok(capture) => {
                self.capture = capture;
                (self.seen, self.seen_at) = (0, now);
                Vec::new()
            }
            Err(error) => {
                tracing::warn!(devices = ?self.devices, %error, "a source does not start");
                self.lose(sinks, reaper, now)
            }
        }
    }

    fn lose(&mut self, sinks: &Sinks, reaper: &Reaper, now: Instant) -> Vec<Happening> {
        self.down(reaper);
        self.again_at = Some(now + AGAIN);
        self.turn(State::Lost, sinks)
    }

    fn turn(&mut self, state: State, sinks: &Sinks) -> Vec<Happening> {
        let before = std::mem::replace(&mut self.state, state);
        if before == state {
            return Vec::new();
        }
        if self.is(Device::Camera) {
            sinks.hub.set_source(state == State::Here);
        }
        let tell = |what: &Device| match (before, state) {
            (State::Lost, State::Here) => Some(Happening::SourceBack { what: *what }),
            (_, State::Lost) => Some(Happening::SourceLost { what: *what }),
            _ => None,
        };
        self.devices.iter().filter_map(tell).collect()
    }

    pub fn down(&mut self, reaper: &Reaper) {
        if let Some(capture) = self.capture.take() {
            reaper.retire(capture.pipeline);
        }
    }
}

/// The speaker, kept alive.
pub(crate) struct Loudspeaker {
    choice: Speaker,
    pipeline: Option<gst::Pipeline>,
    generation: u32,
    again_at: Option<Instant>,
    started_at: Instant,
    state: State,
}

impl Loudspeaker {
    pub fn new(choice: Speaker, now: Instant) -> Self {
        Self { choice, pipeline: None, generation: 0, again_at: Some(now), started_at: now, state: State::Starting }
    }

    /// Whether the echo canceller has something to compare with.
    pub fn gives_echo(&self) -> bool {
        self.pipeline.is_some() && self.state == State::Here && self.choice != Speaker::Silent
    }

    /// Starts it when due, and tells when it works again.
    pub fn tend(
        &mut self,
        timeline: &Timeline,
        mixer: &Arc<Mixer>,
        post: &Post,
        reaper: &Reaper,
        now: Instant,
    ) -> Option<Happening> {
        if self.again_at.is_some_and(|at| now >= at) {
            self.again_at = None;
            return self.start(timeline, mixer, post, reaper, now);
        }
        let settled = self.pipeline.is_some() && now.duration_since(self.started_at) >= SETTLED;
        if !settled || self.state == State::Here {
            return None;
        }
        let before = std::mem::replace(&mut self.state, State::Here);
        (before == State::Lost).then_some(Happening::SourceBack { what: Device::Speaker })
    }

    /// Handles what its pipeline said.
    pub fn trouble(&mut self, generation: u32, trouble: Trouble, reaper: &Reaper, now: Instant) -> Option<Happening> {
        let failed = matches!(trouble, Trouble::Error | Trouble::Ended);
        if failed && generation == self.generation { self.lose(reaper, now) } else { None }
    }

    fn start(
        &mut self,
        timeline: &Timeline,
        mixer: &Arc<Mixer>,
        post: &Post,
        reaper: &Reaper,
        now: Instant,
    ) -> Option<Happening> {
        self.generation += 1;
        let (post, origin) = (post.clone(), Origin::Device(Device::Speaker, self.generation));
        let hear = move |trouble| post.send(Note::Trouble(origin, trouble));
        let pipeline = speaker(timeline, &self.choice, self.generation - 1, mixer.clone(), hear)
            .inspect_err(|error| tracing::warn!(%error, "the speaker does not build"))
            .ok();
        let runs = pipeline.as_ref().is_some_and(|p| p.set_state(gst::State::Playing).is_ok());
        self.pipeline = pipeline;
        self.started_at = now;
        if runs { None } else { self.lose(reaper, now) }
    }

    fn lose(&mut self, reaper: &Reaper, now: Instant) -> Option<Happening> {
        self.down(reaper);
        self.again_at = Some(now + AGAIN);
        let before = std::mem::replace(&mut self.state, State::Lost);
        (before != State::Lost).then_some(Happening::SourceLost { what: Device::Speaker })
    }

    pub fn down(&mut self, reaper: &Reaper) {
        if let Some(pipeline) = self.pipeline.take() {
            reaper.retire(pipeline);
        }
    }
}
