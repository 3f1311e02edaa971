import { Stage } from '/work/main/tests/bench/stage';
import { BareBrowser, connect, sent, frames } from '/work/main/tests/bench/bare';
import { usage } from '/work/main/tests/bench/processes';
import { percentile, pause } from '/work/main/tests/bench/pause';
const stage = new Stage('try');
try {
  for (const codec of ['video/h264', 'video/vp8'] as const) {
  const a = await BareBrowser.open(stage), b = await BareBrowser.open(stage);
  const [pa, pb] = [await a.page({ codec, ownDevices: process.argv[2] === 'own', shown: process.argv[3] !== 'hidden' }), await b.page({codec})];
  await connect(pa, 0, pb, 1);
  await pause(8000);
  console.log(codec, await sent(pa, 1), await sent(pb, 0));
  console.log(await usage(a.pid, 6000));
  for (const [p, s] of [[pb, 0], [pa, 1]] as const) {
    const f = await frames(p, s, 6000);
    console.log(f.frames, f.stamps, f.wrong, f.width, f.height, f.ms, percentile(f.ages, .5), percentile(f.ages, .95));
  }
  await stage.close();
  }
} finally { await stage.close(); }
process.exit(0);
