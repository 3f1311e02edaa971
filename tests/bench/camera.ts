// A camera's picture as a file, for the booth and for a browser alike: motion and grain, as MJPEG,
// which is what a USB camera sends at 720p. A picture without grain would cost the encoder nothing.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { CLIP, REPORT } from '../browser/support/paths';

/** The same pictures in a container and as bare JPEGs one after the other, as Chromium takes them. */
export type Camera = { mkv: string; mjpeg: string };

const SIZE = 'video/x-raw,format=I420,width=1280,height=720,framerate=30/1';
const FRAMES = 300;

export function camera(): Camera {
  const made = { mkv: join(REPORT, 'camera.mkv'), mjpeg: join(REPORT, 'camera.mjpeg') };
  if (existsSync(made.mkv) && existsSync(made.mjpeg)) return made;
  mkdirSync(REPORT, { recursive: true });
  const pipeline = [
    `filesrc location="${CLIP}" ! decodebin ! video/x-raw ! videoconvert ! videoscale ! videorate ! ${SIZE} ! queue ! mix.`,
    `videotestsrc pattern=snow num-buffers=${FRAMES + 30} ! ${SIZE} ! queue ! mix.`,
    `compositor name=mix sink_1::alpha=0.08 ! ${SIZE} ! identity eos-after=${FRAMES} ! jpegenc quality=85 ! tee name=out`,
    `out. ! queue ! matroskamux ! filesink location="${made.mkv}.part"`,
    `out. ! queue ! filesink location="${made.mjpeg}.part"`,
  ];
  execFileSync('gst-launch-1.0', ['-q', ...pipeline.join(' ').split(' ')], { timeout: 120_000, stdio: ['ignore', 'ignore', 'pipe'] });
  renameSync(`${made.mkv}.part`, made.mkv);
  renameSync(`${made.mjpeg}.part`, made.mjpeg);
  return made;
}
