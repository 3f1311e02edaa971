// Texts of the first sign-in and of the accounts, in every language.
import type { AccountFault } from '../accounts';
import type { AccountRole, Locale } from '../protocol';

type Asked = { title: string; lead: (name: string) => string; stay: string; go: string };

export type AccessWords = {
  first: {
    title: string;
    lead: string;
    password: string;
    hint: (least: number) => string;
    submit: string;
    over: { title: string; lead: string; act: string };
    short: (least: number) => string;
  };
  /** Beside the sign-in, for a candidate who opened the link of a notice. */
  guestHint: string;
  missing: string;

  title: string;
  lead: { admin: string; staff: string };
  toDay: string;
  add: string;
  create: string;
  changeTitle: string;
  id: string;
  idHint: string;
  name: string;
  jobTitle: string;
  company: string;
  role: string;
  roles: Record<AccountRole, string>;
  roleHint: Record<AccountRole, string>;
  active: string;
  invited: string;
  you: string;
  none: string;
  change: string;
  changeHint: string;
  remove: string;
  removeDialog: Asked;
  link: string;
  linkDialog: { title: string; lead: (name: string) => string; until: (day: string) => string; copy: string; copied: string; close: string };
  save: string;
  stay: string;
  actions: (name: string) => string;
  search: string;
  fault: Record<AccountFault, string>;
};

const ja: AccessWords = {
  first: {
    title: 'パスワードを決める',
    lead: 'はじめてのサインインです。これから使うパスワードをお決めください。',
    password: '新しいパスワード',
    hint: (n) => `${n}文字以上。ほかで使っていないものをお選びください。`,
    submit: '決めてサインイン',
    over: {
      title: 'このリンクは使えません',
      lead: 'リンクは一度だけ、7日間使えます。パスワードをもう決めた方は、サインインしてください。そうでない方は、会社の管理者か会場のスタッフに新しいリンクをお求めください。',
      act: 'サインインへ',
    },
    short: (n) => `パスワードは${n}文字以上でお決めください。`,
  },
  guestHint: '応募者の方へ: このお知らせのQRコードを、会場のブースにかざしてください。',
  missing: 'リンクの面接は見つかりません。取り消されたか、別の会社のものです。',
  title: 'アカウント',
  lead: { admin: '会社の担当者を追加し、変更します。', staff: 'すべての会社の担当者と、会場のスタッフです。' },
  toDay: '本日の一覧へ',
  add: 'アカウントを追加',
  create: 'アカウントを追加',
  changeTitle: 'アカウントを変更',
  id: 'アカウント名',
  idHint: 'サインインに使います。英小文字・数字・ハイフンで、後から変えられません。',
  name: '名前（応募者に見えます）',
  jobTitle: '肩書き（なくてもかまいません）',
  company: '会社',
  role: '役割',
  roles: { host: '担当者', admin: '会社の管理者', staff: '会場スタッフ' },
  roleHint: {
    host: '面接をします。',
    admin: '面接をし、会社のアカウントも扱います。',
    staff: '面接には入りません。ブースと、応答のないノックを受け持ちます。',
  },
  active: '利用中',
  invited: '初回サインイン待ち',
  you: 'あなた',
  none: '当てはまるアカウントはありません',
  change: '変更',
  changeHint: '変更すると、その人はサインインし直すことになります。',
  remove: '削除',
  removeDialog: { title: 'アカウントを削除しますか', lead: (n) => `${n}さんはすぐにサインアウトし、もう入れません。`, stay: '削除しない', go: '削除する' },
  link: 'リンク',
  linkDialog: {
    title: '初回サインインのリンク',
    lead: (n) => `${n}さんだけに渡してください。開いた人がパスワードを決めます。一度だけ使えます。`,
    until: (d) => `${d}まで`,
    copy: 'コピーする',
    copied: 'コピーしました',
    close: '閉じる',
  },
  save: '保存',
  stay: 'やめる',
  actions: (n) => `${n}さんの操作`,
  search: '名前で探す',
  fault: {
    signed_out: 'サインインし直してください。',
    not_allowed: 'この操作は許可されていません。',
    not_found: 'このアカウントはもうありません。一覧を新しくしました。',
    invalid: '入力を確かめてください。',
    conflict: '変更がほかの人と重なりました。もう一度お試しください。',
    too_many: 'いまは受け付けられません。少し待ってから、もう一度お試しください。',
    unreachable: 'サービスにつながりません。もう一度お試しください。',
    id: 'アカウント名は英小文字・数字・ハイフンで、32文字までです。',
    name: '名前は40文字までで、空にはできません。',
    title: '肩書きは255文字までです。',
    company: '会社をお選びください。',
    taken: 'このアカウント名は、もう使われています。',
  },
};

const ko: AccessWords = {
  first: {
    title: '비밀번호 정하기',
    lead: '첫 로그인입니다. 앞으로 사용할 비밀번호를 정하십시오.',
    password: '새 비밀번호',
    hint: (n) => `${n}자 이상. 다른 곳에서 쓰지 않는 것을 고르십시오.`,
    submit: '정하고 로그인',
    over: {
      title: '이 링크는 사용할 수 없습니다',
      lead: '링크는 7일 동안 한 번만 쓸 수 있습니다. 이미 비밀번호를 정하셨다면 로그인하십시오. 아니라면 회사 관리자나 행사장 직원에게 새 링크를 요청하십시오.',
      act: '로그인으로',
    },
    short: (n) => `비밀번호는 ${n}자 이상이어야 합니다.`,
  },
  guestHint: '지원자께: 이 안내의 QR 코드를 행사장 부스에 보여 주십시오.',
  missing: '링크의 면접을 찾을 수 없습니다. 취소되었거나 다른 회사의 면접입니다.',
  title: '계정',
  lead: { admin: '회사의 면접관을 추가하고 변경합니다.', staff: '모든 회사의 면접관과 행사장 직원입니다.' },
  toDay: '오늘 목록으로',
  add: '계정 추가',
  create: '계정 추가',
  changeTitle: '계정 변경',
  id: '계정 이름',
  idHint: '로그인할 때 씁니다. 영문 소문자·숫자·하이픈이며 나중에 바꿀 수 없습니다.',
  name: '이름(지원자에게 보입니다)',
  jobTitle: '직함(비워 두어도 됩니다)',
  company: '회사',
  role: '역할',
  roles: { host: '면접관', admin: '회사 관리자', staff: '행사장 직원' },
  roleHint: {
    host: '면접을 합니다.',
    admin: '면접을 하고 회사의 계정도 관리합니다.',
    staff: '면접에는 들어가지 않습니다. 부스와 응답 없는 노크를 맡습니다.',
  },
  active: '사용 중',
  invited: '첫 로그인 대기',
  you: '나',
  none: '해당하는 계정이 없습니다',
  change: '변경',
  changeHint: '변경하면 그 사람은 다시 로그인해야 합니다.',
  remove: '삭제',
  removeDialog: { title: '계정을 삭제하시겠습니까?', lead: (n) => `${n} 님은 바로 로그아웃되며 더는 들어올 수 없습니다.`, stay: '삭제하지 않기', go: '삭제하기' },
  link: '링크',
  linkDialog: {
    title: '첫 로그인 링크',
    lead: (n) => `${n} 님에게만 전해 주십시오. 여는 사람이 비밀번호를 정합니다. 한 번만 쓸 수 있습니다.`,
    until: (d) => `${d}까지`,
    copy: '복사하기',
    copied: '복사했습니다',
    close: '닫기',
  },
  save: '저장',
  stay: '그만두기',
  actions: (n) => `${n} 님의 작업`,
  search: '이름으로 찾기',
  fault: {
    signed_out: '다시 로그인하십시오.',
    not_allowed: '이 작업은 허용되지 않습니다.',
    not_found: '이 계정은 이제 없습니다. 목록을 새로 고쳤습니다.',
    invalid: '입력을 확인하십시오.',
    conflict: '다른 사람의 변경과 겹쳤습니다. 다시 시도하십시오.',
    too_many: '지금은 받을 수 없습니다. 잠시 후 다시 시도하십시오.',
    unreachable: '서비스에 연결할 수 없습니다. 다시 시도하십시오.',
    id: '계정 이름은 영문 소문자·숫자·하이픈으로 32자까지입니다.',
    name: '이름은 40자까지이며 비워 둘 수 없습니다.',
    title: '직함은 255자까지입니다.',
    company: '회사를 고르십시오.',
    taken: '이미 사용 중인 계정 이름입니다.',
  },
};

const en: AccessWords = {
  first: {
    title: 'Choose a password',
    lead: 'This is your first sign-in. Choose the password you will use from now on.',
    password: 'New password',
    hint: (n) => `At least ${n} characters. Use one you use nowhere else.`,
    submit: 'Set and sign in',
    over: {
      title: 'This link cannot be used',
      lead: 'A link works once, for 7 days. If you have set your password already, sign in. If not, ask your company’s admin or the staff of the venue for a new link.',
      act: 'To the sign-in',
    },
    short: (n) => `A password needs at least ${n} characters.`,
  },
  guestHint: 'Candidates: please hold the QR code of your notice to a booth at the venue.',
  missing: 'The interview of the link cannot be found. It was cancelled, or it is another company’s.',
  title: 'Accounts',
  lead: { admin: 'Add and change the recruiters of your company.', staff: 'The recruiters of every company, and the staff of the venue.' },
  toDay: 'To today’s list',
  add: 'Add an account',
  create: 'Add an account',
  changeTitle: 'Change the account',
  id: 'Account',
  idHint: 'Used for signing in. Small letters, digits and hyphens; it cannot be changed later.',
  name: 'Name (candidates see it)',
  jobTitle: 'Title (may be empty)',
  company: 'Company',
  role: 'Role',
  roles: { host: 'Recruiter', admin: 'Company admin', staff: 'Venue staff' },
  roleHint: {
    host: 'Holds interviews.',
    admin: 'Holds interviews and looks after the company’s accounts.',
    staff: 'Enters no interview. Looks after booths and unanswered knocks.',
  },
  active: 'In use',
  invited: 'First sign-in to come',
  you: 'You',
  none: 'No such account',
  change: 'Change',
  changeHint: 'Whoever is changed has to sign in again.',
  remove: 'Remove',
  removeDialog: { title: 'Remove the account?', lead: (n) => `${n} is signed out at once and cannot come in again.`, stay: 'Keep it', go: 'Remove' },
  link: 'Link',
  linkDialog: {
    title: 'Link for the first sign-in',
    lead: (n) => `Give it to ${n} alone. Whoever opens it chooses the password. It works once.`,
    until: (d) => `Until ${d}`,
    copy: 'Copy',
    copied: 'Copied',
    close: 'Close',
  },
  save: 'Save',
  stay: 'Cancel',
  actions: (n) => `Actions for ${n}`,
  search: 'Find by name',
  fault: {
    signed_out: 'Please sign in again.',
    not_allowed: 'You are not allowed to do this.',
    not_found: 'This account is not there any more. The list was renewed.',
    invalid: 'Please check what you wrote.',
    conflict: 'Somebody else changed it at the same time. Please try again.',
    too_many: 'It cannot be taken just now. Please wait a moment and try again.',
    unreachable: 'The service cannot be reached. Please try again.',
    id: 'An account is named by small letters, digits and hyphens, up to 32.',
    name: 'A name has up to 40 characters and cannot be empty.',
    title: 'A title has up to 255 characters.',
    company: 'Please choose a company.',
    taken: 'This account is taken already.',
  },
};

export const ACCESS: Record<Locale, AccessWords> = { ja, ko, en };
