use super::STEP;
use crate::mailbox::lock;
use crate::tone::ToneMeter;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Sound that is held before a peer begins to be heard, so that an unsteady line makes no gaps;
/// grows by a step at each gap up to the limit, and shrinks while nothing is ever close.
const HOLD: usize = 4 * STEP;
const HOLD_LIMIT: usize = 16 * STEP;
/// More than this above the hold is thrown away at once.
const SURPLUS: usize = 12 * STEP;
/// Steps after which the hold is looked at: 4 s.
const LOOK_EVERY: u32 = 400;
/// Channels at once: five peers, each with a successor on the way, and the chime.
const CHANNELS: usize = 16;

/// Adds up everybody who is heard.
#[derive(Default)]
pub(crate) struct Mixer {
    channels: Mutex<Vec<Channel>>,
    tone: Option<Mutex<ToneMeter>>,
    /// Steps that were asked for: the speaker asks as fast as it plays.
    pub steps: AtomicU64,
}

/// One voice of the mix; clones are the same voice.
#[derive(Clone)]
pub(crate) struct Channel(Arc<Mutex<Queue>>);

struct Queue {
    samples: VecDeque<f32>,
    hold: usize,
    sounding: bool,
    lowest: usize,
    steps: u32,
    once: bool,
    closed: bool,
}

impl Mixer {
    /// With `listen`, [`Mixer::tone`] tells how much of the mix is that frequency in Hz.
    pub fn new(listen: Option<f64>) -> Self {
        Self {
            channels: Mutex::default(),
            tone: listen.map(|hz| ToneMeter::new(hz, super::RATE).into()),
            ..Self::default()
        }
    }

    /// Opens a channel for a peer; it ends with [`Channel::close`].
    pub fn open(&self) -> Channel {
        self.add(Queue::new(VecDeque::new(), false))
    }

    /// Plays a finished sound once.
    pub fn play(&self, sound: Vec<f32>) {
        self.add(Queue::new(sound.into(), true));
    }

    fn add(&self, queue: Queue) -> Channel {
        let channel = Channel(Arc::new(queue.into()));
        let mut channels = lock(&self.channels);
        if channels.len() < CHANNELS {
            channels.push(channel.clone());
        }
        channel
    }

    /// Adds the next step of every channel to `out`.
    pub fn mix(&self, out: &mut [f32]) {
        self.steps.fetch_add((out.len() / STEP) as u64, Ordering::Relaxed);
        lock(&self.channels).retain(|channel| {
            let mut queue = lock(&channel.0);
            queue.add_to(out);
            let played = queue.once && queue.samples.is_empty();
            !queue.closed && !played
        });
        out.iter_mut().for_each(|sample| *sample = soft(*sample));
        if let Some(tone) = &self.tone {
            lock(tone).listen(out);
        }
    }

    pub fn tone(&self) -> Option<f32> {
        self.tone.as_ref().map(|tone| lock(tone).share())
    }
}

/// Leaves normal sound alone and bends what would clip.
fn soft(x: f32) -> f32 {
    if x.abs() <= 0.7 { x } else { x.signum() * (0.7 + 0.3 * ((x.abs() - 0.7) / 0.3).tanh()) }
}

impl Channel {
    pub fn push(&self, samples: &[f32]) {
        let mut queue = lock(&self.0);
        queue.samples.extend(samples);
        let most = queue.hold + SURPLUS;
        if queue.samples.len() > most {
            let surplus = queue.samples.len() - queue.hold;
            queue.samples.drain(..surplus);
        }
    }

    /// Ends the channel with the next step.
    pub fn close(&self) {
        lock(&self.0).closed = true;
    }
}

impl Queue {
    fn new(samples: VecDeque<f32>, once: bool) -> Self {
        Self { samples, hold: HOLD, sounding: once, lowest: usize::MAX, steps: 0, once, closed: false }
    }

    fn add_to(&mut self, out: &mut [f32]) {
        if !self.sounding {
            self.sounding = self.samples.len() >= self.hold;
            if !self.sounding {
                return;
            }
        }
        let count = out.len().min(self.samples.len());
        for (sum, sample) in out.iter_mut().zip(self.samples.drain(..count)) {
            *sum += sample;
        }
        if self.once {
            return;
        }
        if count < out.len() {
            self.sounding = false;
            self.hold = (self.hold + STEP).min(HOLD_LIMIT);
            (self.lowest, self.steps) = (usize::MAX, 0);
            return;
        }
        self.lowest = self.lowest.min(self.samples.len());
        self.steps += 1;
        if self.steps >= LOOK_EVERY {
            self.shrink();
        }
    }

    /// Takes out a step that was never needed: it came with a burst or with clocks that differ.
    fn shrink(&mut self) {
        if self.lowest > 2 * STEP {
            self.samples.drain(..STEP);
            self.hold = (self.hold - STEP).max(HOLD);
        }
        (self.lowest, self.steps) = (usize::MAX, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(mixer: &Mixer) -> f32 {
        let mut out = [0.0; STEP];
        mixer.mix(&mut out);
        out[STEP - 1]
    }

    #[test]
    fn voices_are_added_up() {
        let mixer = Mixer::default();
        let (a, b) = (mixer.open(), mixer.open());
        a.push(&[0.2; HOLD]);
        b.push(&[0.3; HOLD]);
        assert!((step(&mixer) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn a_voice_begins_only_with_its_hold_full_and_again_after_a_gap() {
        let mixer = Mixer::default();
        let voice = mixer.open();
        voice.push(&[0.2; HOLD - 1]);
        assert_eq!(step(&mixer), 0.0);
        voice.push(&[0.2; 1]);
        (0..4).for_each(|_| assert_eq!(step(&mixer), 0.2));
        assert_eq!(step(&mixer), 0.0, "the gap");
        voice.push(&[0.2; HOLD]);
        assert_eq!(step(&mixer), 0.0, "a gap makes the hold longer");
        voice.push(&[0.2; STEP]);
        assert_eq!(step(&mixer), 0.2);
    }

    #[test]
    fn a_burst_is_cut_and_a_standing_surplus_shrinks() {
        let mixer = Mixer::default();
        let voice = mixer.open();
        voice.push(&vec![0.1; 200 * STEP]);
        assert_eq!(lock(&voice.0).samples.len(), HOLD);
        voice.push(&[0.1; 4 * STEP]);
        for _ in 0..2 * LOOK_EVERY {
            step(&mixer);
            voice.push(&[0.1; STEP]);
        }
        assert_eq!(lock(&voice.0).samples.len(), 6 * STEP);
    }

    #[test]
    fn a_closed_voice_and_a_played_sound_are_forgotten() {
        let mixer = Mixer::default();
        mixer.open().close();
        mixer.play(vec![0.4; STEP + 1]);
        assert_eq!(step(&mixer), 0.4);
        step(&mixer);
        assert!(lock(&mixer.channels).is_empty());
    }

    #[test]
    fn many_loud_voices_do_not_clip() {
        assert_eq!(soft(0.5), 0.5);
        assert!(soft(9.0) <= 1.0 && soft(-9.0) >= -1.0);
    }
}
