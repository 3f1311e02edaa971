// How loud the own microphone is, for the level bar and for "speaking while muted".
import type { Timer, Clock } from './clock';

/** 15 times a second (tokens.json, motion.level). */
const EVERY_MS = 66;
const TOUCHES = ['pointerdown', 'keydown'] as const;

/** Listens to a copy of the track, which goes on when the track itself is turned off. */
export class Meter {
  #context: AudioContext;
  #copy: MediaStreamTrack;
  #timer: Timer | undefined;
  /** A page that came back by itself may measure only once it was touched. */
  #wake = () => void this.#context.resume().catch(() => undefined);

  /** `heard` gets the level in dBFS, at least -100; never before the constructor has returned. */
  constructor(track: MediaStreamTrack, clock: Clock, heard: (db: number) => void) {
    this.#context = new AudioContext();
    this.#copy = track.clone();
    this.#copy.enabled = true;
    const analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#context.createMediaStreamSource(new MediaStream([this.#copy])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const again = () => {
      analyser.getFloatTimeDomainData(samples);
      heard(decibels(samples));
      this.#timer = clock.after(EVERY_MS, again);
    };
    this.#timer = clock.after(EVERY_MS, again);
    for (const touch of TOUCHES) addEventListener(touch, this.#wake);
  }

  close(): void {
    for (const touch of TOUCHES) removeEventListener(touch, this.#wake);
    this.#timer?.cancel();
    this.#copy.stop();
    void this.#context.close();
  }
}

/** Root mean square in dBFS. */
export function decibels(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  return Math.max(-100, 20 * Math.log10(Math.max(rms, 1e-5)));
}

const QUIET_DB = -60;
const LOUD_DB = -6;

/** The part of a level bar that is lit, 0 to 1; it falls slower than it rises. */
export function bar(before: number, db: number): number {
  const now = Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
  return now >= before ? now : Math.max(now, before - 0.06);
}
