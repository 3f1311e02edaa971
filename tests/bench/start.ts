// From the click on "let in" to the first picture of the other, on each side.
import type { Booth, Shown } from '../browser/support/booth';
import type { Recruiter } from '../browser/support/recruiter';
import { until } from '../browser/support/until';
import { percentile } from './pause';
import { watch } from './processes';
import type { Measured } from './report';
import { Stage, call } from './stage';

const TIMES = 9;

export async function start(): Promise<Measured[]> {
  const stage = new Stage('start');
  try {
    const service = await stage.service();
    const booth = stage.booth(service);
    const recruiter = await stage.recruiter(service);
    // The first "let in" leads over the page where the devices are looked at.
    await call(booth, recruiter);
    await apart(booth, recruiter);
    await recruiter.page.evaluate(WATCH);
    const load = watch();
    const [there, here]: [number[], number[]] = [[], []];
    for (let time = 0; time < TIMES; time++) {
      const { page, screen } = await admitted(booth, recruiter);
      there.push(page);
      here.push(screen);
      await apart(booth, recruiter);
    }
    const during = load();
    const row = (side: string, times: number[], share: number, which: string): Measured => ({
      name: `"let in" → first picture at the ${side}, ${which} of ${TIMES}`,
      value: percentile(times, share),
      unit: 'ms',
      aim: { of: 'value', most: 700 },
      load: during,
    });
    return [
      row('recruiter', there, 0.5, 'median'), row('recruiter', there, 1, 'slowest'),
      row('booth', here, 0.5, 'median'), row('booth', here, 1, 'slowest'),
    ];
  } finally {
    await stage.close();
  }
}

async function admitted(booth: Booth, recruiter: Recruiter): Promise<{ page: number; screen: number }> {
  let shown: number | undefined;
  const hear = booth.child.onLine;
  await booth.knock();
  await recruiter.knockCard().waitFor();
  booth.child.onLine = (line) => {
    hear(line);
    const told = JSON.parse(line) as Partial<Shown>;
    if (told.others?.some(({ picture }) => picture)) shown ??= Date.now();
  };
  try {
    await recruiter.page.getByTestId('admit').click();
    const page = await until('the first picture at the recruiter', () =>
      recruiter.page.evaluate<{ clicked: number; picture: number } | undefined>('window.admission.picture && window.admission'));
    const screen = await until('the first picture at the booth', () => shown);
    await recruiter.at('call');
    return { page: page.picture - page.clicked, screen: screen - page.clicked };
  } finally {
    booth.child.onLine = hear;
  }
}

/** Ends the call and brings both back to where the next can begin. */
async function apart(booth: Booth, recruiter: Recruiter): Promise<void> {
  await recruiter.end();
  await booth.screen('ended');
  await recruiter.toDay();
  await booth.act('finish');
}

/** Notes in the page when "let in" is clicked and when the first picture after that is decoded. */
const WATCH = `
  window.admission = {};
  document.addEventListener('click', ({ target }) => {
    if (target.closest('[data-testid=admit]')) window.admission = { clicked: Date.now() };
  }, true);
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) {
      super(...args);
      this.addEventListener('track', async ({ track }) => {
        if (track.kind !== 'video') return;
        const admission = window.admission;
        const copy = track.clone();
        const reader = new MediaStreamTrackProcessor({ track: copy }).readable.getReader();
        const { value } = await reader.read();
        admission.picture ??= Date.now();
        value?.close();
        await reader.cancel();
        copy.stop();
      });
    }
  };
`;
