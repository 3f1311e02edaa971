// Draws the clip's frames as SVG: a person at a veranda who speaks when the sound does.
//
//   node draw.mjs SPEECH.wav FOLDER SECONDS FPS
//
// Everything that moves comes round after SECONDS, so the clip can be played in a loop.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [wav, folder, seconds, fps] = process.argv.slice(2);
const length = Number(seconds);
const rate = Number(fps);
if (!wav || !folder || !(length > 0) || !(rate > 0)) {
  console.error('usage: node draw.mjs SPEECH.wav FOLDER SECONDS FPS');
  process.exit(2);
}

/** How loud each frame's piece of 16-bit mono sound is, 0 to 1. */
function loudness(path, frames) {
  const file = readFileSync(path);
  const perSecond = file.readUInt32LE(24);
  const start = file.indexOf('data') + 8;
  const samples = new Int16Array(file.buffer.slice(file.byteOffset + start, file.byteOffset + file.length - (file.length - start) % 2));
  const piece = Math.floor(perSecond / rate);
  return Array.from({ length: frames }, (_, frame) => {
    let sum = 0;
    for (let i = frame * piece; i < (frame + 1) * piece; i++) sum += (samples[i] ?? 0) ** 2;
    return Math.min(1, Math.sqrt(sum / piece) / 6000);
  });
}

/** `cycles` whole turns over the clip. */
const wave = (t, cycles, shift = 0) => Math.sin(2 * Math.PI * (cycles * t + shift));

function cloud(t, start, y, scale) {
  const x = ((start + t) % 1) * 1700 - 210;
  return `<g transform="translate(${x.toFixed(1)} ${y}) scale(${scale})" fill="#fff" opacity=".85">
    <ellipse cx="0" cy="0" rx="90" ry="26"/><ellipse cx="-34" cy="-20" rx="42" ry="30"/><ellipse cx="28" cy="-26" rx="52" ry="36"/></g>`;
}

function leaf(t, start, x, size) {
  const fall = (start + t) % 1;
  const sway = wave(t, 3, start) * 40;
  return `<ellipse cx="${(x + sway).toFixed(1)}" cy="${(60 + fall * 500).toFixed(1)}" rx="${size}" ry="${size / 2}"
    transform="rotate(${(wave(t, 2, start) * 70).toFixed(1)} ${(x + sway).toFixed(1)} ${(60 + fall * 500).toFixed(1)})"
    fill="#d8703c" opacity="${Math.min(1, 4 * fall, 4 * (1 - fall)).toFixed(2)}"/>`;
}

function person(t, open) {
  const lean = wave(t, 3) * 2.2;
  const nod = open * 5 + wave(t, 4, 0.3) * 3;
  const blink = [0.11, 0.34, 0.52, 0.77, 0.95].some((at) => Math.abs(t - at) < 0.006);
  const eye = blink ? 1.5 : 11;
  return `<g transform="rotate(${lean.toFixed(2)} 640 720)">
    <path d="M390 780 C400 560 500 520 590 505 L690 505 C780 520 880 560 890 780 Z" fill="#27405f"/>
    <path d="M590 505 L640 590 L690 505 L668 480 L612 480 Z" fill="#f6f4ee"/>
    <path d="M640 560 l-14 22 l14 70 l14 -70 Z" fill="#9a3b34"/>
    <rect x="606" y="420" width="68" height="90" rx="30" fill="#e6b990"/>
    <g transform="translate(0 ${nod.toFixed(1)})">
      <ellipse cx="640" cy="330" rx="112" ry="134" fill="#f0c8a4"/>
      <path d="M524 330 C508 190 590 164 650 166 C740 168 776 230 756 336 C748 292 724 262 696 250 C640 284 566 272 546 282 C530 296 528 312 524 330 Z" fill="#2b2320"/>
      <ellipse cx="598" cy="334" rx="11" ry="${eye}" fill="#2b2320"/><ellipse cx="682" cy="334" rx="11" ry="${eye}" fill="#2b2320"/>
      <path d="M576 304 q22 -12 42 -2" stroke="#2b2320" stroke-width="6" fill="none" stroke-linecap="round"/>
      <path d="M662 302 q22 -10 42 2" stroke="#2b2320" stroke-width="6" fill="none" stroke-linecap="round"/>
      <path d="M640 346 q-10 30 4 34" stroke="#c9966d" stroke-width="5" fill="none" stroke-linecap="round"/>
      <path d="M606 402 Q640 ${(414 + open * 4).toFixed(1)} 674 402 Q640 ${(426 + open * 46).toFixed(1)} 606 402 Z" fill="#8c3230"/>
      <ellipse cx="564" cy="380" rx="18" ry="10" fill="#e79f86" opacity=".5"/><ellipse cx="716" cy="380" rx="18" ry="10" fill="#e79f86" opacity=".5"/>
    </g></g>`;
}

function frame(t, open) {
  const sun = 150 + wave(t, 1) * 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720">
  <rect width="1280" height="720" fill="#bfe0ee"/>
  <circle cx="1050" cy="${sun.toFixed(1)}" r="62" fill="#f6c65b"/>
  ${cloud(t, 0.1, 120, 1)}${cloud(t, 0.6, 190, 0.7)}
  <path d="M0 440 L210 250 L380 410 L560 280 L800 450 L1010 300 L1280 430 L1280 720 L0 720 Z" fill="#8fb4a8"/>
  <path d="M0 500 C300 430 500 520 760 480 C980 450 1120 490 1280 470 L1280 720 L0 720 Z" fill="#6f9a6c"/>
  ${leaf(t, 0, 180, 14)}${leaf(t, 0.45, 300, 11)}${leaf(t, 0.7, 1130, 13)}
  <rect x="0" y="600" width="1280" height="120" fill="#c79a66"/>
  <path d="M0 640 H1280 M0 682 H1280" stroke="#a87d4c" stroke-width="4"/>
  <rect x="60" y="0" width="44" height="620" fill="#8a5f39"/><rect x="1176" y="0" width="44" height="620" fill="#8a5f39"/>
  <rect x="0" y="0" width="1280" height="38" fill="#734d2d"/>
  ${person(t, open)}
  </svg>`;
}

const frames = Math.round(length * rate);
const loud = loudness(wav, frames);
for (let i = 0; i < frames; i++) {
  writeFileSync(join(folder, `${String(i).padStart(4, '0')}.svg`), frame(i / frames, loud[i]));
}
