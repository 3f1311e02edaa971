// The page's own sounds, made on the spot: two knocks on wood, and the chime that tests a speaker.
import type { Loudness } from './keep';

const GAIN: Record<Loudness, number> = { small: 0.25, medium: 0.6, large: 1, mute: 0 };

export class Sound {
  #context: AudioContext | undefined;
  #changed: () => void;

  /** `changed` is called when the browser allows or forbids sound. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Browsers let a page sound only after it was touched once. */
  get blocked(): boolean {
    return this.#context?.state !== 'running';
  }

  /** Called from a click or key: from here on knocks can be heard. */
  async unlock(): Promise<void> {
    const context = this.#open();
    if (context.state !== 'running') await context.resume().catch(() => undefined);
    this.#changed();
  }

  /** Two knocks on wood. */
  knock(loudness: Loudness): void {
    const gain = GAIN[loudness];
    const context = this.#open();
    if (gain === 0 || context.state !== 'running') return;
    const out = new GainNode(context, { gain });
    out.connect(context.destination);
    const at = context.currentTime + 0.02;
    tock(context, out, at);
    tock(context, out, at + 0.21);
  }

  /** A two-note chime from the given speaker; false when it could not be played. */
  async chime(speaker: string): Promise<boolean> {
    const context = this.#open();
    await context.resume().catch(() => undefined);
    const out = context.createMediaStreamDestination();
    const player = new Audio();
    player.srcObject = out.stream;
    try {
      await speakThrough(player, speaker);
      await player.play();
    } catch {
      return false;
    }
    const at = context.currentTime + 0.05;
    note(context, out, 659.26, at);
    const last = note(context, out, 880, at + 0.28);
    await new Promise((ended) => last.addEventListener('ended', ended, { once: true }));
    player.pause();
    player.srcObject = null;
    return true;
  }

  #open(): AudioContext {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#context.onstatechange = () => this.#changed();
    }
    return this.#context;
  }
}

/** Sends an element's sound to a speaker, where the browser can. */
export async function speakThrough(element: HTMLMediaElement, speaker: string): Promise<void> {
  if ('setSinkId' in element) await element.setSinkId(speaker);
}

/** One knock: a wooden board's two lowest tones, and the tap itself as a little noise. */
function tock(context: AudioContext, out: AudioNode, at: number): void {
  for (const [frequency, level, seconds] of [[196, 0.7, 0.13], [418, 0.35, 0.07]] as const) {
    const tone = new OscillatorNode(context, { type: 'sine', frequency });
    tone.frequency.setValueAtTime(frequency * 1.2, at);
    tone.frequency.exponentialRampToValueAtTime(frequency, at + 0.03);
    decay(context, tone, out, at, level, seconds);
  }
  const length = Math.ceil(context.sampleRate * 0.02);
  const buffer = new AudioBuffer({ length, sampleRate: context.sampleRate });
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < length; i++) samples[i] = Math.random() * 2 - 1;
  const tap = new AudioBufferSourceNode(context, { buffer });
  const filter = new BiquadFilterNode(context, { type: 'bandpass', frequency: 1_400, Q: 1.2 });
  tap.connect(filter);
  decay(context, tap, out, at, 0.3, 0.02, filter);
}

function note(context: AudioContext, out: AudioNode, frequency: number, at: number): AudioScheduledSourceNode {
  const tone = new OscillatorNode(context, { type: 'triangle', frequency });
  decay(context, tone, out, at, 0.35, 0.6);
  return tone;
}

function decay(
  context: AudioContext, source: AudioScheduledSourceNode, out: AudioNode,
  at: number, level: number, seconds: number, through: AudioNode = source,
): void {
  const envelope = new GainNode(context, { gain: 0 });
  envelope.gain.setValueAtTime(0, at);
  envelope.gain.linearRampToValueAtTime(level, at + 0.004);
  envelope.gain.exponentialRampToValueAtTime(0.0005, at + seconds);
  through.connect(envelope).connect(out);
  source.start(at);
  source.stop(at + seconds);
}
