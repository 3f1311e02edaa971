// What an encoder for every recruiter would cost: the booth's own encoder, several times over, on the same pictures.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { camera } from './camera';
import { pause } from './pause';
import { usage } from './processes';

const SETTLE = 3_000;
const MEASURE = 10_000;

/** As `src/media/src/encode/recipe.rs` describes it. */
const ENCODER =
  'x264enc tune=zerolatency speed-preset=ultrafast threads=1 bframes=0 key-int-max=300 vbv-buf-capacity=150 bitrate=2000' +
  ' ! video/x-h264,profile=constrained-baseline ! h264parse config-interval=-1 ! fakesink sync=true';

/** Percent of a core that `more` further encoders take beside the first. */
export async function furtherEncoders(more: number): Promise<number> {
  const one = await cost(1);
  return (await cost(1 + more)) - one;
}

async function cost(encoders: number): Promise<number> {
  const source =
    `multifilesrc location=${camera().mjpeg} loop=true caps=image/jpeg,framerate=30/1 ! jpegparse ! jpegdec` +
    ' ! videoconvert ! video/x-raw,format=I420 ! tee name=out';
  const branches = Array.from({ length: encoders }, () => `out. ! queue max-size-buffers=2 ! ${ENCODER}`);
  const child = spawn('gst-launch-1.0', ['-q', ...[source, ...branches].join(' ').split(' ')], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  try {
    await pause(SETTLE);
    if (child.pid === undefined || child.exitCode !== null) throw new Error('the encoders did not run');
    return (await usage(child.pid, MEASURE)).cpu;
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}
