use super::{RATE, STEP};
use crate::fanout::Fanout;
use crate::mailbox::lock;
use crate::note::Trouble;
use crate::timeline::{Timeline, named};
use crate::{Error, Happening};
use gst::prelude::*;
use nnnoiseless::DenoiseState;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Steps in one report of level and voice: about 15 a second.
const REPORT_EVERY: u32 = 7;
/// A source whose count of samples is this far from its clock is put right.
const DRIFT: gst::ClockTime = gst::ClockTime::from_mseconds(60);

/// What happens to the microphone's sound before it is encoded: measured, filtered, muted.
pub(crate) struct Voice {
    pub suppression: AtomicBool,
    pub microphone: AtomicBool,
    /// Off for a test tone, which the filter would take for noise.
    filterable: bool,
    /// Samples that came, and whether any of them was not zero: a device that is muted or dead gives zeros alone.
    pub heard: AtomicU64,
    pub alive: AtomicBool,
    state: Mutex<State>,
    opus: Opus,
    notify: Arc<dyn Fn(Happening) + Send + Sync>,
}

struct State {
    filter: Box<DenoiseState<'static>>,
    waiting: Vec<f32>,
    next: Option<gst::ClockTime>,
    report: Report,
}

#[derive(Default)]
struct Report {
    steps: u32,
    level: f32,
    voice: f32,
}

impl Voice {
    pub fn new(
        suppression: bool,
        microphone: bool,
        filterable: bool,
        opus: Opus,
        notify: Arc<dyn Fn(Happening) + Send + Sync>,
    ) -> Self {
        let state = State { filter: DenoiseState::new(), waiting: Vec::new(), next: None, report: Report::default() };
        Self {
            suppression: suppression.into(),
            microphone: microphone.into(),
            filterable,
            heard: AtomicU64::new(0),
            alive: AtomicBool::new(false),
            state: state.into(),
            opus,
            notify,
        }
    }

    /// Takes captured sound in [`super::FLOAT_CAPS`]; `at` is its running time.
    pub fn deliver(&self, samples: &[f32], at: gst::ClockTime) {
        self.heard.fetch_add(samples.len() as u64, Ordering::Relaxed);
        if samples.iter().any(|sample| *sample != 0.0) {
            self.alive.store(true, Ordering::Relaxed);
        }
        let mut state = lock(&self.state);
        let state = &mut *state;
        let behind = gst::ClockTime::from_nseconds(state.waiting.len() as u64 * 1_000_000_000 / u64::from(RATE));
        let begin = at.saturating_sub(behind);
        let drifted = state.next.is_none_or(|next| next.absdiff(begin) > DRIFT);
        let mut next = if drifted { begin } else { state.next.unwrap_or(begin) };
        state.waiting.extend_from_slice(samples);
        let whole = state.waiting.len() / STEP * STEP;
        let mut steps = std::mem::take(&mut state.waiting);
        for step in steps[..whole].as_chunks_mut::<STEP>().0 {
            let report = self.treat(step, &mut state.filter, &mut state.report);
            self.opus.push(step, next);
            next += gst::ClockTime::from_mseconds(10);
            if let Some(heard) = report {
                (self.notify)(heard);
            }
        }
        steps.drain(..whole);
        state.waiting = steps;
        state.next = Some(next);
    }

    fn treat(
        &self,
        step: &mut [f32; STEP],
        filter: &mut DenoiseState<'static>,
        report: &mut Report,
    ) -> Option<Happening> {
        // The filter counts in 16-bit units. It runs even when bypassed, to tell speech from noise.
        let loud = step.map(|sample| sample * 32768.0);
        let mut clean = [0.0; STEP];
        let voice = filter.process_frame(&mut clean, &loud);
        if self.filterable && self.suppression.load(Ordering::Relaxed) {
            *step = clean.map(|sample| sample / 32768.0);
        }
        report.steps += 1;
        report.level = report.level.max(perceived(step));
        report.voice = report.voice.max(voice);
        if !self.microphone.load(Ordering::Relaxed) {
            step.fill(0.0);
        }
        (report.steps >= REPORT_EVERY).then(|| {
            let Report { level, voice, .. } = std::mem::take(report);
            Happening::Heard { level, voice: voice.clamp(0.0, 1.0) }
        })
    }
}

/// Loudness from 0 (−60 dBFS and less) to 1 (full), straight in decibels as the ear is.
fn perceived(step: &[f32]) -> f32 {
    let power = step.iter().map(|s| s * s).sum::<f32>() / step.len() as f32;
    (power.max(1e-9).log10() * 10.0 / 60.0 + 1.0).clamp(0.0, 1.0)
}

/// The one Opus encoder (RFC 6716), whose frames go to every peer.
pub(crate) struct Opus {
    pipeline: gst::Pipeline,
    appsrc: gst_app::AppSrc,
}

/// What Opus takes of every peer's line, RTP and encryption included.
pub(crate) const OPUS_LINE_RATE: u32 = 60_000;

impl Opus {
    pub fn start(
        timeline: &Timeline,
        fanout: Arc<Fanout>,
        hear: impl Fn(Trouble) + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let description = "appsrc name=sound is-live=true format=time leaky-type=downstream max-buffers=50 max-bytes=0 \
             caps=\"audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved\" \
             ! opusenc bitrate=32000 frame-size=20 inband-fec=true packet-loss-percentage=5 audio-type=voice \
             ! appsink name=encoded sync=false async=false enable-last-sample=false";
        let pipeline = timeline.pipeline("sound encoder", description, hear)?;
        let appsink: gst_app::AppSink = named(&pipeline, "encoded");
        appsink.set_callbacks(
            gst_app::AppSinkCallbacks::builder()
                .new_sample(move |sink| {
                    fanout.push(&sink.pull_sample().map_err(|_| gst::FlowError::Flushing)?);
                    Ok(gst::FlowSuccess::Ok)
                })
                .build(),
        );
        if pipeline.set_state(gst::State::Playing).is_err() {
            return Err(Error::Start { part: "sound encoder" });
        }
        Ok(Self { appsrc: named(&pipeline, "sound"), pipeline })
    }

    fn push(&self, step: &[f32; STEP], at: gst::ClockTime) {
        let bytes: Vec<u8> = step.iter().flat_map(|s| ((s * 32767.0) as i16).to_le_bytes()).collect();
        let mut buffer = gst::Buffer::from_mut_slice(bytes);
        {
            let buffer = buffer.make_mut();
            buffer.set_pts(at);
            buffer.set_duration(gst::ClockTime::from_mseconds(10));
        }
        let _stopping = self.appsrc.push_buffer(buffer);
    }
}

impl Drop for Opus {
    fn drop(&mut self) {
        let _always_works_downwards = self.pipeline.set_state(gst::State::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(microphone: bool, heard: Arc<Mutex<Vec<(f32, f32)>>>) -> Voice {
        gst::init().expect("GStreamer");
        let opus = Opus::start(&Timeline::new(), Fanout::audio(), |_| ()).expect("opus");
        let notify = move |happening| {
            if let Happening::Heard { level, voice } = happening {
                lock(&heard).push((level, voice));
            }
        };
        Voice::new(true, microphone, true, opus, Arc::new(notify))
    }

    fn tone(loud: f32) -> [f32; STEP] {
        std::array::from_fn(|n| (n as f32 / 48.0 * std::f32::consts::TAU).sin() * loud)
    }

    #[test]
    fn the_level_follows_the_ear() {
        assert_eq!(perceived(&[0.0; STEP]), 0.0);
        assert!((perceived(&tone(1.0)) - 0.95).abs() < 0.01, "a full sine is at −3 dB");
        assert!((perceived(&tone(0.1)) - 0.616).abs() < 0.01, "a tenth lies 20 dB below");
    }

    #[test]
    fn a_muted_microphone_is_measured_and_sends_silence() {
        let heard = Arc::default();
        let voice = voice(false, Arc::clone(&heard));
        voice.suppression.store(false, Ordering::Relaxed);
        let (mut filter, mut report, mut step) = (DenoiseState::new(), Report::default(), tone(0.5));
        voice.treat(&mut step, &mut filter, &mut report);
        assert!(step.iter().all(|s| *s == 0.0));
        voice.deliver(&tone(0.5).repeat(14), gst::ClockTime::SECOND);
        let heard = lock(&heard);
        assert_eq!(heard.len(), 2);
        assert!(heard.iter().all(|(level, _)| *level > 0.5));
    }

    #[test]
    fn steady_noise_is_filtered_and_is_no_voice() {
        let heard = Arc::default();
        let voice = voice(true, Arc::clone(&heard));
        let mut seed = 1u32;
        let noise: Vec<f32> = (0..STEP * 600)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / (1 << 24) as f32 * 0.1 - 0.05
            })
            .collect();
        voice.deliver(&noise, gst::ClockTime::SECOND);
        // The filter learns what is noise over some seconds.
        let reports = lock(&heard).split_off(60);
        let level = reports.iter().map(|(level, _)| level).sum::<f32>() / reports.len() as f32;
        let speech = reports.iter().map(|(_, voice)| voice).sum::<f32>() / reports.len() as f32;
        assert!(level < perceived(&noise) - 0.1, "{level}");
        assert!(speech < 0.5, "{speech}");
        voice.suppression.store(false, Ordering::Relaxed);
        voice.deliver(&noise, gst::ClockTime::from_seconds(7));
        let (level, _) = *lock(&heard).last().expect("a report");
        assert!((level - perceived(&noise)).abs() < 0.02, "{level}");
    }

    #[test]
    fn sound_in_odd_pieces_is_whole_again() {
        let heard = Arc::default();
        let voice = voice(true, Arc::clone(&heard));
        let sound = tone(0.5).repeat(70);
        for (n, piece) in sound.chunks(441).enumerate() {
            voice.deliver(piece, gst::ClockTime::from_nseconds(n as u64 * 441 * 1_000_000 / 48));
        }
        assert_eq!(lock(&heard).len(), 10);
        assert!(lock(&voice.state).waiting.is_empty());
    }
}
