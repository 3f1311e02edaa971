// Texts of booking, connection numbers, the month, and records, in every language.
import type { Fault } from '../ask';
import type { FormFault } from '../form';
import type { InterviewKind, Locale } from '../protocol';
import type { StateFilter } from '../rows';
import type { Part } from '../schedule';

export type PlanWords = {
  kind: Record<InterviewKind, string>;
  walkUp: string;
  kindColumn: string;
  all: string;
  filterKind: string;
  filterState: string;
  states: Record<StateFilter, string>;
  noneShown: string;
  month: string;
  today: string;
  previous: string;
  next: string;
  monthOf: (tag: Date) => string;
  weekdays: readonly string[];
  interviewsOn: (n: number) => string;
  nothingOn: string;
  old: string;

  add: string;
  change: string;
  prepare: string;
  number: string;
  records: string;
  actions: (guest: string) => string;
  unnamed: string;

  form: {
    create: string;
    change: string;
    date: string;
    time: string;
    zone: (name: string) => string;
    minutes: string;
    minutesOf: (n: number) => string;
    guest: string;
    guestHint: string;
    language: string;
    unknown: string;
    hosts: string;
    hostsHint: string;
    booth: string;
    anyBooth: string;
    contact: string;
    save: string;
    stay: string;
    cancel: string;
    cancelDialog: { title: string; lead: (guest: string) => string; stay: string; go: string };
    fault: Record<FormFault, string>;
  };
  fault: Record<Fault, string>;

  numberDialog: { title: string; lead: string; left: string; over: string; again: string; close: string };

  waiting: { title: string; lead: string; until: (day: string) => string };
  download: { title: string; save: string; saved: string; until: (day: string) => string } & Record<Part, string>;

  preset: { title: string; lead: string; microphone: string; camera: string; names: string };
  here: (waiting: number, inCall: number) => string;
};

const ja: PlanWords = {
  kind: { interview: '面接', further_interview: '再面接', consulting: '相談' },
  walkUp: '予約なし',
  kindColumn: '種類',
  all: 'すべて',
  filterKind: '種類でしぼる',
  filterState: '状態でしぼる',
  states: { waiting: '待っている', coming: 'これから', done: '済み', missed: '不在のノック' },
  noneShown: 'この条件の面接はありません',
  month: '月の予定',
  today: '本日',
  previous: '前の月',
  next: '次の月',
  monthOf: (d) => `${d.getFullYear()}年${d.getMonth() + 1}月`,
  weekdays: ['日', '月', '火', '水', '木', '金', '土'],
  interviewsOn: (n) => `${n} 件`,
  nothingOn: 'この日の面接はありません',
  old: '一覧を新しくできません。表示が古いことがあります。',
  add: '面接を追加',
  change: '変更',
  prepare: '準備する',
  number: '接続番号',
  records: '記録',
  actions: (g) => `${g}の操作`,
  unnamed: '（名前は後で）',
  form: {
    create: '面接を追加',
    change: '面接を変更',
    date: '日付',
    time: '開始',
    zone: (n) => `時刻は、このブラウザーの地域（${n}）のものです。`,
    minutes: '長さ（分）',
    minutesOf: (n) => `${n}分`,
    guest: '応募者の名前',
    guestHint: '空のままなら、ブースで本人が入力します。',
    language: '応募者の言語',
    unknown: '未定',
    hosts: '担当者',
    hostsHint: '選んだ順に呼び出します。選ばなければ全員を呼び出します。',
    booth: 'ブース',
    anyBooth: 'どのブースでも',
    contact: '連絡先（お知らせの宛先）',
    save: '保存',
    stay: 'もどる',
    cancel: '面接を取り消す',
    cancelDialog: {
      title: '面接を取り消しますか',
      lead: (g) => `${g}さんの面接を取り消します。元にはもどせません。`,
      stay: '取り消さない',
      go: '面接を取り消す',
    },
    fault: {
      time: '日付と開始の時刻をお選びください。',
      past: 'その時間はもう過ぎています。',
      minutes: '長さは1分から480分までです。',
      guest: '名前は40文字までです。',
      hosts: '担当者は16人までです。',
      contact: '連絡先は255文字までです。',
    },
  },
  fault: {
    signed_out: 'サインインし直してください。',
    not_allowed: 'この操作はできません。',
    not_found: 'この面接は見つかりません。',
    invalid: '受け付けられない内容があります。お確かめください。',
    conflict: '面接がもう始まったか、終わっています。一覧をお確かめください。',
    too_many: 'いまは受け付けられません。少し待ってからお試しください。',
    unreachable: 'サービスにつながりません。もう一度お試しください。',
  },
  numberDialog: {
    title: '接続番号',
    lead: '応募者がブースでこの番号を入力すると、この面接につながります。1回だけ使えます。',
    left: '有効なのはあと',
    over: 'この番号の期限が切れました',
    again: '新しい番号を出す',
    close: '閉じる',
  },
  waiting: { title: 'まだ保存していない記録', lead: '期限が過ぎると消えます。', until: (d) => `${d}まで` },
  download: {
    title: '記録をダウンロード', save: '保存', saved: '保存済み',
    until: (d) => `${d}まで、本日の一覧から保存できます。その後は消えます。`,
    participants: '参加者の記録', chat: 'チャットの記録', files: '送られたファイル',
  },
  preset: { title: '全参加者の、はじめの状態', lead: 'これから入る人に効きます。各自があとで変えられます。', microphone: 'マイク', camera: 'カメラ', names: '名前を表示' },
  here: (w, c) => `待っている ${w} ・ 通話中 ${c}`,
};

const ko: PlanWords = {
  kind: { interview: '면접', further_interview: '추가 면접', consulting: '상담' },
  walkUp: '예약 없음',
  kindColumn: '종류',
  all: '전체',
  filterKind: '종류로 거르기',
  filterState: '상태로 거르기',
  states: { waiting: '대기 중', coming: '예정', done: '완료', missed: '받지 못한 노크' },
  noneShown: '이 조건의 면접이 없습니다',
  month: '월간 일정',
  today: '오늘',
  previous: '이전 달',
  next: '다음 달',
  monthOf: (d) => `${d.getFullYear()}년 ${d.getMonth() + 1}월`,
  weekdays: ['일', '월', '화', '수', '목', '금', '토'],
  interviewsOn: (n) => `${n}건`,
  nothingOn: '이날의 면접이 없습니다',
  old: '목록을 새로 고칠 수 없습니다. 오래된 내용일 수 있습니다.',
  add: '면접 추가',
  change: '변경',
  prepare: '준비하기',
  number: '접속 번호',
  records: '기록',
  actions: (g) => `${g} 동작`,
  unnamed: '(이름은 나중에)',
  form: {
    create: '면접 추가',
    change: '면접 변경',
    date: '날짜',
    time: '시작',
    zone: (n) => `시각은 이 브라우저의 지역(${n}) 기준입니다.`,
    minutes: '길이(분)',
    minutesOf: (n) => `${n}분`,
    guest: '지원자 이름',
    guestHint: '비워 두면 지원자가 부스에서 입력합니다.',
    language: '지원자의 언어',
    unknown: '미정',
    hosts: '면접관',
    hostsHint: '선택한 순서대로 호출합니다. 선택하지 않으면 모두 호출합니다.',
    booth: '부스',
    anyBooth: '어느 부스든',
    contact: '연락처 (알림을 받을 곳)',
    save: '저장',
    stay: '돌아가기',
    cancel: '면접 취소',
    cancelDialog: {
      title: '면접을 취소하시겠습니까?',
      lead: (g) => `${g} 님의 면접을 취소합니다. 되돌릴 수 없습니다.`,
      stay: '취소하지 않기',
      go: '면접 취소',
    },
    fault: {
      time: '날짜와 시작 시각을 선택해 주십시오.',
      past: '이미 지난 시간입니다.',
      minutes: '길이는 1분부터 480분까지입니다.',
      guest: '이름은 40자까지입니다.',
      hosts: '면접관은 16명까지입니다.',
      contact: '연락처는 255자까지입니다.',
    },
  },
  fault: {
    signed_out: '다시 로그인해 주십시오.',
    not_allowed: '이 작업은 할 수 없습니다.',
    not_found: '이 면접을 찾을 수 없습니다.',
    invalid: '받을 수 없는 내용이 있습니다. 확인해 주십시오.',
    conflict: '면접이 이미 시작되었거나 종료되었습니다. 목록을 확인해 주십시오.',
    too_many: '지금은 받을 수 없습니다. 잠시 후 다시 시도해 주십시오.',
    unreachable: '서비스에 연결되지 않습니다. 다시 시도해 주십시오.',
  },
  numberDialog: {
    title: '접속 번호',
    lead: '지원자가 부스에서 이 번호를 입력하면 이 면접에 연결됩니다. 한 번만 사용할 수 있습니다.',
    left: '유효 시간',
    over: '이 번호의 기한이 지났습니다',
    again: '새 번호 발급',
    close: '닫기',
  },
  waiting: { title: '아직 저장하지 않은 기록', lead: '기한이 지나면 사라집니다.', until: (d) => `${d}까지` },
  download: {
    title: '기록 다운로드', save: '저장', saved: '저장됨',
    until: (d) => `${d}까지 오늘의 목록에서 저장할 수 있습니다. 그 후에는 사라집니다.`,
    participants: '참가자 기록', chat: '채팅 기록', files: '받은 파일',
  },
  preset: { title: '모든 참가자의 처음 상태', lead: '앞으로 들어오는 사람에게 적용됩니다. 각자 나중에 바꿀 수 있습니다.', microphone: '마이크', camera: '카메라', names: '이름 표시' },
  here: (w, c) => `대기 ${w} · 통화 중 ${c}`,
};

const en: PlanWords = {
  kind: { interview: 'Interview', further_interview: 'Further interview', consulting: 'Consulting' },
  walkUp: 'Walk-up',
  kindColumn: 'Kind',
  all: 'All',
  filterKind: 'Filter by kind',
  filterState: 'Filter by state',
  states: { waiting: 'Waiting', coming: 'To come', done: 'Done', missed: 'Missed knocks' },
  noneShown: 'No interviews of this kind',
  month: 'Month',
  today: 'Today',
  previous: 'Previous month',
  next: 'Next month',
  monthOf: (d) => new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric' }).format(d),
  weekdays: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  interviewsOn: (n) => `${n}`,
  nothingOn: 'No interviews on this day',
  old: 'The list cannot be brought up to date. It may be old.',
  add: 'Add interview',
  change: 'Change',
  prepare: 'Prepare',
  number: 'Connection number',
  records: 'Records',
  actions: (g) => `Actions for ${g}`,
  unnamed: '(name follows)',
  form: {
    create: 'Add an interview',
    change: 'Change the interview',
    date: 'Date',
    time: 'Starts',
    zone: (n) => `Times are in this browser’s zone (${n}).`,
    minutes: 'Length (minutes)',
    minutesOf: (n) => `${n} min`,
    guest: 'Candidate’s name',
    guestHint: 'Left empty, the candidate types it at the booth.',
    language: 'Candidate’s language',
    unknown: 'Not known',
    hosts: 'Recruiters',
    hostsHint: 'They are rung in the order chosen. With none chosen, all are rung.',
    booth: 'Booth',
    anyBooth: 'Any booth',
    contact: 'Contact (for notices)',
    save: 'Save',
    stay: 'Back',
    cancel: 'Cancel interview',
    cancelDialog: {
      title: 'Cancel the interview?',
      lead: (g) => `The interview with ${g} is cancelled. This cannot be undone.`,
      stay: 'Keep it',
      go: 'Cancel interview',
    },
    fault: {
      time: 'Please choose a date and a time.',
      past: 'That time is already over.',
      minutes: 'The length is from 1 to 480 minutes.',
      guest: 'The name has up to 40 characters.',
      hosts: 'There can be up to 16 recruiters.',
      contact: 'The contact has up to 255 characters.',
    },
  },
  fault: {
    signed_out: 'Please sign in again.',
    not_allowed: 'You cannot do this.',
    not_found: 'This interview cannot be found.',
    invalid: 'Something cannot be accepted. Please check.',
    conflict: 'The interview has begun or is over. Please check the list.',
    too_many: 'Not possible just now. Please wait a little and try again.',
    unreachable: 'The service cannot be reached. Please try again.',
  },
  numberDialog: {
    title: 'Connection number',
    lead: 'Typed at a booth, this number opens this interview. It can be used once.',
    left: 'Valid for another',
    over: 'This number has expired',
    again: 'Issue a new number',
    close: 'Close',
  },
  waiting: { title: 'Records not saved yet', lead: 'They are gone after the date shown.', until: (d) => `until ${d}` },
  download: {
    title: 'Download the records', save: 'Save', saved: 'Saved',
    until: (d) => `You can save them from today’s list until ${d}. After that they are gone.`,
    participants: 'Participants', chat: 'Chat', files: 'Files received',
  },
  preset: { title: 'How everybody comes in', lead: 'For those still to come. Each can change it afterwards.', microphone: 'Microphone', camera: 'Camera', names: 'Show names' },
  here: (w, c) => `Waiting ${w} · In call ${c}`,
};

export const PLAN: Record<Locale, PlanWords> = { ja, ko, en };
