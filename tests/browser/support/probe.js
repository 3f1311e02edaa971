// What a recruiter's browser sends, sees and hears, measured inside the page.
//
// Put before the page's own scripts. It replaces camera and microphone by a picture that carries
// the time (src/media/src/stamp.rs says how) and a tone, and adds `window.probe`, which reads the
// same out of what the page receives. The page itself is not changed.
(() => {
  const BLOCKS = 40;
  const options = { width: 640, height: 360, fps: 30, hz: 440, ...window.probeOptions };
  /** Every connection that the page ever made. */
  const made = [];

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) {
      super(...args);
      made.push(this);
    }
  };

  function bitsOf(time) {
    const value = time % 2 ** 32;
    const bytes = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256);
    const all = [...bytes, bytes.reduce((a, b) => a ^ b, 0)];
    return all.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => (byte >> bit) & 1));
  }

  /** The time in a picture's top row as low 32 bits of epoch ms; undefined without a right checksum. */
  function readStamp(width, luma) {
    const block = width / BLOCKS;
    const y = Math.floor(block / 2);
    let value = 0;
    let sum = 0;
    const bytes = [];
    for (let i = 0; i < BLOCKS; i++) {
      const x = Math.floor((i + 0.5) * block);
      const bright = luma(x, y) + luma(x - 1, y) + luma(x, y - 1) + luma(x - 1, y - 1);
      sum = sum * 2 + (bright / 4 > 126 ? 1 : 0);
      if (i % 8 === 7) {
        bytes.push(sum);
        sum = 0;
      }
    }
    const check = bytes.pop();
    for (const byte of bytes) value = value * 256 + byte;
    return value !== 0 && bytes.reduce((a, b) => a ^ b, 0) === check ? value : undefined;
  }

  /** Milliseconds since the stamp was drawn. */
  function age(stamp) {
    const age = (Date.now() % 2 ** 32) - stamp;
    return age < -(2 ** 31) ? age + 2 ** 32 : age;
  }

  /** A camera whose pictures carry their time. */
  function stampedCamera() {
    const { width, height, fps } = options;
    const generator = new MediaStreamTrackGenerator({ kind: 'video' });
    const writer = generator.writable.getWriter();
    const block = Math.floor(width / BLOCKS);
    const picture = new Uint8Array(width * height * 1.5).fill(128);
    let count = 0;
    const timer = setInterval(() => {
      if (generator.readyState === 'ended') {
        clearInterval(timer);
        return;
      }
      count += 1;
      // Something moves below the stamp: a soft slope that wanders, and a bar that sweeps over it.
      for (let y = block; y < height; y++) {
        const row = y * width;
        const shade = 60 + ((y + count * 2) % 96);
        picture.fill(shade, row, row + width);
        const bar = (count * 9 + (y >> 3) * 4) % (width - 60);
        picture.fill(200, row + bar, row + bar + 60);
      }
      const bits = bitsOf(Date.now());
      for (let y = 0; y < block; y++) {
        for (let i = 0; i < BLOCKS; i++) picture.fill(bits[i] ? 235 : 16, y * width + i * block, y * width + (i + 1) * block);
      }
      const frame = new VideoFrame(picture, {
        format: 'I420', codedWidth: width, codedHeight: height, timestamp: Math.round(performance.now() * 1000),
      });
      if (writer.desiredSize === null || writer.desiredSize > 0) writer.write(frame).catch(() => frame.close());
      else frame.close();
    }, 1000 / fps);
    return generator;
  }

  let context;
  const audio = () => (context ??= new AudioContext({ sampleRate: 48000 }));

  /** A microphone that hears one tone. */
  function toneMicrophone() {
    const into = audio().createMediaStreamDestination();
    const oscillator = new OscillatorNode(audio(), { frequency: options.hz });
    const volume = new GainNode(audio(), { gain: 0.3 });
    oscillator.connect(volume).connect(into);
    oscillator.start();
    return into.stream.getAudioTracks()[0];
  }

  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const tracks = [];
    if (wanted.video) tracks.push(stampedCamera());
    if (wanted.audio) tracks.push(toneMicrophone());
    return new MediaStream(tracks);
  };

  const peer = (seat) => window.engawa.peers().find((one) => one.seat === seat)?.pc;
  const received = (seat, kind) => {
    const transceivers = peer(seat)?.getTransceivers() ?? [];
    return transceivers.map(({ receiver }) => receiver.track).find((track) => track.kind === kind && !track.muted);
  };

  /** Every decoded picture of a track for `ms`: how many, with which stamps, how old. */
  async function frames(track, ms) {
    const copy = track.clone();
    const reader = new MediaStreamTrackProcessor({ track: copy, maxBufferSize: 20 }).readable.getReader();
    const seen = { frames: 0, wrong: 0, stamps: 0, ms: 0, width: 0, height: 0, bright: 0, ages: [] };
    const stamps = new Set();
    const begun = performance.now();
    const stop = setTimeout(() => reader.cancel(), ms);
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) break;
      seen.frames += 1;
      const { width, height } = frame.visibleRect;
      Object.assign(seen, { width, height });
      const rows = Math.ceil(width / BLOCKS / 2) * 2;
      const rect = { x: 0, y: 0, width: width & ~1, height: rows };
      const bytes = new Uint8Array(frame.allocationSize({ rect }));
      const [plane] = await frame.copyTo(bytes, { rect });
      const step = frame.format.startsWith('I4') || frame.format === 'NV12' ? 1 : 4;
      frame.close();
      const stamp = readStamp(width, (x, y) => bytes[plane.offset + y * plane.stride + x * step]);
      seen.bright = Math.max(seen.bright, ...bytes.subarray(plane.offset, plane.offset + 64));
      if (stamp === undefined) seen.wrong += 1;
      else {
        stamps.add(stamp);
        seen.ages.push(age(stamp));
      }
    }
    clearTimeout(stop);
    copy.stop();
    seen.stamps = stamps.size;
    seen.ms = performance.now() - begun;
    return seen;
  }

  const ears = new WeakMap();

  /** The strongest tone of a track in about a third of a second, and its share of the whole sound. */
  async function tone(track) {
    await audio().resume();
    let ear = ears.get(track);
    if (!ear) {
      ear = new AnalyserNode(audio(), { fftSize: 8192, smoothingTimeConstant: 0 });
      new MediaStreamAudioSourceNode(audio(), { mediaStream: new MediaStream([track]) }).connect(ear);
      ears.set(track, ear);
    }
    const begun = audio().currentTime;
    while (audio().currentTime - begun < 0.35) await new Promise((next) => setTimeout(next, 20));
    const levels = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(levels);
    const power = Array.from(levels, (level) => 10 ** (level / 10));
    const peak = power.indexOf(Math.max(...power));
    const all = power.reduce((a, b) => a + b, 0);
    const near = power.slice(Math.max(0, peak - 4), peak + 5).reduce((a, b) => a + b, 0);
    return { hz: (peak * 48000) / 8192, share: all > 0 ? near / all : 0, level: levels[peak] };
  }

  async function inbound(seat, kind) {
    const stats = await peer(seat)?.getStats();
    return [...(stats?.values() ?? [])].find((one) => one.type === 'inbound-rtp' && one.kind === kind);
  }

  window.probe = {
    /** Decoded pictures of a seat for `ms`; undefined while it has none. */
    frames: async (seat, ms) => {
      const track = received(seat, 'video');
      return track && frames(track, ms);
    },
    /** What is heard of a seat; undefined while it is silent. */
    tone: async (seat) => {
      const track = received(seat, 'audio');
      return track && tone(track);
    },
    /** Decoded pictures so far, with their codec. */
    decoded: async (seat) => {
      const video = await inbound(seat, 'video');
      if (!video) return undefined;
      const codec = (await peer(seat).getStats()).get(video.codecId);
      return { frames: video.framesDecoded ?? 0, codec: codec?.mimeType, width: video.frameWidth, height: video.frameHeight };
    },
    /** Connections of this page that are not closed, and those ever made. */
    connections: () => ({
      open: made.filter((one) => one.connectionState !== 'closed').length,
      made: made.length,
      states: made.map((one) => one.connectionState),
    }),
    framesOf: frames,
    toneOf: tone,
    readStamp,
    age,
    received,
  };
})();
