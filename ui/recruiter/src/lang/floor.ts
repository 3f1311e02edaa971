// Texts of the staff's desk, in every language.
import type { Locale } from '../protocol';

export type FloorWords = {
  title: string;
  lead: (calls: number, knocks: number) => string;
  calls: string;
  noCalls: string;
  noCallsLead: string;
  calling: (booth: string) => string;
  since: string;
  attend: string;
  attended: (name: string) => string;
  done: string;
  actions: (booth: string) => string;
  booths: string;
  /** What a booth tells of itself as a machine. */
  slot: (slot: string) => string;
  faults: (parts: readonly string[]) => string;
  fallback: (version: string, why: readonly string[]) => string;
  /** By the names of the protocol; a name that is not known is shown as it is. */
  parts: Readonly<Record<string, string>>;
  state: { away: string; free: string; in_use: string; calling: string };
  knocks: string;
  knocksLead: string;
  noKnocks: string;
  knock: (company: string, booth: string) => string;
  waiting: (span: string) => string;
  missed: (time: string) => string;
  /** For the notification, the title of the window and the screen reader. */
  announceCall: (booth: string) => string;
  announceKnock: (company: string, booth: string) => string;
  documentTitle: (n: number) => string;
};

const ja: FloorWords = {
  title: '会場',
  lead: (c, k) => `呼び出し ${c} ・ 応答のないノック ${k}`,
  calls: '呼び出し',
  noCalls: '呼び出しはありません',
  noCallsLead: 'ブースでスタッフが呼ばれると、音が鳴り、ここに出ます。',
  calling: (b) => `ブース ${b}`,
  since: '経過',
  attend: '向かいます',
  attended: (n) => `${n}さんが向かっています`,
  done: '済み',
  actions: (b) => `ブース ${b} の操作`,
  booths: 'ブース',
  slot: (s) => `スロット ${s}`,
  faults: (p) => `使えません：${p.join('、')}`,
  fallback: (v, why) => `版 ${v} への更新を取りやめました：${why.join('、')}`,
  parts: {
    screen: '画面', camera: 'カメラ', microphone: 'マイク', speaker: 'スピーカー', call: '試験通話', service: 'サービス', disk: 'ディスク', panel: 'ボタンとランプ',
    'it did not start': '起動しませんでした', 'its booth does not answer': 'ブースが応答しませんでした', 'its check did not end': '検査が終わりませんでした',
    'it did not come to a healthy booth before it stopped': 'すべてが動く前に止まりました',
  },
  state: { away: '未接続', free: '空き', in_use: '使用中', calling: '呼び出し中' },
  knocks: '応答のないノック',
  knocksLead: '担当者が応答していません。会社の方に声をかけてください。',
  noKnocks: '応答のないノックはありません',
  knock: (c, b) => `${c} ・ ブース ${b}`,
  waiting: (s) => `待っています ${s}`,
  missed: (t) => `応答がないまま終わりました ${t}`,
  announceCall: (b) => `ブース ${b} でスタッフが呼ばれています`,
  announceKnock: (c, b) => `${c}へのノックに応答がありません。ブース ${b}`,
  documentTitle: (n) => `(${n}) 会場 - Engawa`,
};

const ko: FloorWords = {
  title: '행사장',
  lead: (c, k) => `호출 ${c} · 응답 없는 노크 ${k}`,
  calls: '호출',
  noCalls: '호출이 없습니다',
  noCallsLead: '부스에서 직원을 부르면 소리가 나고 여기에 표시됩니다.',
  calling: (b) => `부스 ${b}`,
  since: '경과',
  attend: '가겠습니다',
  attended: (n) => `${n} 님이 가고 있습니다`,
  done: '완료',
  actions: (b) => `부스 ${b} 작업`,
  booths: '부스',
  slot: (s) => `슬롯 ${s}`,
  faults: (p) => `사용할 수 없음: ${p.join(', ')}`,
  fallback: (v, why) => `버전 ${v} 업데이트를 취소했습니다: ${why.join(', ')}`,
  parts: {
    screen: '화면', camera: '카메라', microphone: '마이크', speaker: '스피커', call: '시험 통화', service: '서비스', disk: '디스크', panel: '버튼과 램프',
    'it did not start': '시작되지 않았습니다', 'its booth does not answer': '부스가 응답하지 않았습니다', 'its check did not end': '검사가 끝나지 않았습니다',
    'it did not come to a healthy booth before it stopped': '모두 작동하기 전에 멈췄습니다',
  },
  state: { away: '연결 안 됨', free: '비어 있음', in_use: '사용 중', calling: '호출 중' },
  knocks: '응답 없는 노크',
  knocksLead: '면접관이 응답하지 않습니다. 회사에 알려 주십시오.',
  noKnocks: '응답 없는 노크가 없습니다',
  knock: (c, b) => `${c} · 부스 ${b}`,
  waiting: (s) => `기다리는 중 ${s}`,
  missed: (t) => `응답 없이 끝났습니다 ${t}`,
  announceCall: (b) => `부스 ${b}에서 직원을 부르고 있습니다`,
  announceKnock: (c, b) => `${c} 노크에 응답이 없습니다. 부스 ${b}`,
  documentTitle: (n) => `(${n}) 행사장 - Engawa`,
};

const en: FloorWords = {
  title: 'Venue',
  lead: (c, k) => `${c} ${c === 1 ? 'call' : 'calls'} · ${k} unanswered ${k === 1 ? 'knock' : 'knocks'}`,
  calls: 'Calls',
  noCalls: 'Nobody is calling',
  noCallsLead: 'When a booth calls for staff, there is a sound and it is shown here.',
  calling: (b) => `Booth ${b}`,
  since: 'For',
  attend: 'I am on my way',
  attended: (n) => `${n} is on the way`,
  done: 'Done',
  actions: (b) => `Actions for booth ${b}`,
  booths: 'Booths',
  slot: (s) => `Slot ${s}`,
  faults: (p) => `Not working: ${p.join(', ')}`,
  fallback: (v, why) => `Version ${v} was given up: ${why.join(', ')}`,
  parts: {
    screen: 'display', camera: 'camera', microphone: 'microphone', speaker: 'speaker', call: 'test call', service: 'service', disk: 'disk', panel: 'button and lamps',
    'it did not start': 'it did not start', 'its booth does not answer': 'its booth did not answer', 'its check did not end': 'its check did not end',
    'it did not come to a healthy booth before it stopped': 'it stopped before all worked',
  },
  state: { away: 'Not here', free: 'Free', in_use: 'In use', calling: 'Calling' },
  knocks: 'Unanswered knocks',
  knocksLead: 'No recruiter answers. Please speak to the company.',
  noKnocks: 'No knock is unanswered',
  knock: (c, b) => `${c} · Booth ${b}`,
  waiting: (s) => `Waiting ${s}`,
  missed: (t) => `Ended without an answer ${t}`,
  announceCall: (b) => `Booth ${b} calls for staff`,
  announceKnock: (c, b) => `A knock on ${c} is not answered. Booth ${b}`,
  documentTitle: (n) => `(${n}) Venue - Engawa`,
};

export const FLOOR: Record<Locale, FloorWords> = { ja, ko, en };
