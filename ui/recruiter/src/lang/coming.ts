// Texts of a booked interview before the knock, in every language.
import type { Locale } from '../protocol';

export type ComingWords = {
  /** Outside the join window. */
  outside: string;
  opensAt: (time: string) => string;
  opensIn: (span: string) => string;
  wasOpen: (from: string, until: string) => string;
  guest: Record<'away' | 'here' | 'knocking' | 'in_call', string>;
  /** What is to be done while the candidate is not there. */
  waitLead: string;
  admitAndEnter: string;
};

const ja: ComingWords = {
  outside: '受付可能時間外です',
  opensAt: (t) => `${t}から入れます。`,
  opensIn: (s) => `受付開始まで ${s}`,
  wasOpen: (from, until) => `この面接の受付時間は ${from}–${until} でした。`,
  guest: { away: '応募者はまだ来ていません', here: '応募者が来ています', knocking: 'ノック中', in_call: '通話中' },
  waitLead: 'ノックがあると、ここで許可できます。このままお待ちください。',
  admitAndEnter: '許可して入る',
};

const ko: ComingWords = {
  outside: '입장 가능 시간이 아닙니다',
  opensAt: (t) => `${t}부터 입장할 수 있습니다.`,
  opensIn: (s) => `입장 시작까지 ${s}`,
  wasOpen: (from, until) => `이 면접의 입장 시간은 ${from}–${until}이었습니다.`,
  guest: { away: '지원자가 아직 오지 않았습니다', here: '지원자가 와 있습니다', knocking: '노크 중', in_call: '통화 중' },
  waitLead: '노크가 오면 여기에서 허용할 수 있습니다. 이대로 기다려 주십시오.',
  admitAndEnter: '허용하고 입장',
};

const en: ComingWords = {
  outside: 'This interview cannot be entered at this time',
  opensAt: (t) => `It opens at ${t}.`,
  opensIn: (s) => `Opens in ${s}`,
  wasOpen: (from, until) => `It was open from ${from} to ${until}.`,
  guest: { away: 'The candidate is not here yet', here: 'The candidate is here', knocking: 'Knocking', in_call: 'In call' },
  waitLead: 'When the candidate knocks, you can let them in here. Please wait on this page.',
  admitAndEnter: 'Let in and enter',
};

export const COMING: Record<Locale, ComingWords> = { ja, ko, en };
