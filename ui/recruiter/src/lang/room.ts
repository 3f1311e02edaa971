// Texts of the call's chat, hold, hands and time, in every language.
import type { FileFault } from '../chat';
import type { LeaveCause, Locale, Refusal } from '../protocol';
import type { UploadFault } from '../upload';

export type RoomWords = {
  chat: string;
  close: string;
  placeholder: string;
  send: string;
  attach: string;
  keys: string;
  none: string;
  unread: (n: number) => string;
  unreadBadge: (n: number) => string;
  deleted: string;
  delete: string;
  clear: string;
  clearDialog: { title: string; lead: string; stay: string; go: string };
  download: (name: string) => string;
  save: string;
  late: string;
  posting: string;
  hashing: string;
  uploading: (percent: number) => string;
  uploadWaiting: string;
  again: string;
  putAway: string;
  cancelUpload: string;
  fault: Record<UploadFault | FileFault, string>;
  textRefused: Partial<Record<Refusal, string>>;

  hand: string;
  handTurn: { up: string; down: string };
  raised: (name: string) => string;
  order: (n: number) => string;

  more: string;
  hold: string;
  resume: string;
  /** In a list. */
  onHold: string;
  held: string;
  heldLead: string;
  muteAll: string;
  camerasOff: string;
  done: { muteAll: string; camerasOff: string };
  failed: string;

  left: string;
  before: string;
  extend: string;
  extendBy: (minutes: number) => string;
  extended: (minutes: number) => string;
  extendRefused: Partial<Record<Refusal, string>>;
  endsSoon: { title: string; lead: string };
  closeNotice: string;

  history: string;
  now: string;
  cause: Record<LeaveCause, string>;
};

const ja: RoomWords = {
  chat: 'チャット',
  close: '閉じる',
  placeholder: 'メッセージを書く',
  send: '送る',
  attach: 'ファイルを送る（5MBまで）',
  keys: 'Ctrl+Enter',
  none: 'まだ何も書かれていません',
  unread: (n) => `未読 ${n}`,
  unreadBadge: (n) => `未読 ${n} 件`,
  deleted: '取り消されました',
  delete: '取り消す',
  clear: 'すべて消す',
  clearDialog: { title: 'チャットをすべて消しますか', lead: '全員の画面と記録から言葉とファイルが消え、元にもどせません。', stay: '消さない', go: 'すべて消す' },
  download: (n) => `${n}をダウンロード`,
  save: 'ダウンロード',
  late: '終了後に届きました',
  posting: '送信待ち',
  hashing: '準備しています',
  uploading: (p) => `送っています ${p}%`,
  uploadWaiting: '接続がもどるのを待っています',
  again: 'もう一度',
  putAway: '片づける',
  cancelUpload: 'やめる',
  fault: {
    too_large: '5MBより大きいため、送れません。',
    empty: '中身のないファイルは送れません。',
    unreadable: 'ファイルを読めませんでした。',
    insecure: 'この画面は安全な接続（https）ではないため、ファイルを送れません。',
    too_many: 'この面接で送れるファイルの数を超えています。',
    over: 'この面接には、もう送れません。',
    refused: 'このファイルは受け付けられませんでした。',
    unreachable: 'サービスにつながりませんでした。',
  },
  textRefused: { wrong_moment: '応募者が来てから送れます。', bad_text: '255文字までで、お書きください。' },
  hand: '挙手',
  handTurn: { up: '手を挙げる', down: '手を下げる' },
  raised: (n) => `${n}さんが手を挙げました`,
  order: (n) => `${n}番め`,
  more: '詳細アクション',
  hold: '保留にする',
  resume: '保留を終える',
  onHold: '保留中',
  held: '管理者によって保留中に設定されました',
  heldLead: 'たがいの映像と音声は届きません。チャットは使えます。',
  muteAll: '全員のマイクをオフ',
  camerasOff: '全員のカメラをオフ',
  done: { muteAll: '自分以外のマイクをオフにしました', camerasOff: '自分以外のカメラをオフにしました' },
  failed: 'いまはできませんでした。もう一度お試しください。',
  left: '残り',
  before: '開始まで',
  extend: '延長',
  extendBy: (m) => `${m}分`,
  extended: (m) => `${m}分延長しました`,
  extendRefused: {
    next_slot: '延長できません。次の面接の時間と重なります。',
    bad_text: '延長できません。一つの面接は8時間までです。',
    over: '面接は終わっています。',
  },
  endsSoon: {
    title: '面接終了5分前です。',
    lead: '時間になると全員が退出します。終了した面接は再開できませんので、ご了承ください。',
  },
  closeNotice: 'お知らせを閉じる',
  history: '履歴',
  now: '参加中',
  cause: { button: '退出', line: '接続が切れました', restart: '入り直し', taken_over: '別の画面に移りました' },
};

const ko: RoomWords = {
  chat: '채팅',
  close: '닫기',
  placeholder: '메시지를 입력하십시오',
  send: '보내기',
  attach: '파일 보내기 (5MB까지)',
  keys: 'Ctrl+Enter',
  none: '아직 메시지가 없습니다',
  unread: (n) => `읽지 않음 ${n}`,
  unreadBadge: (n) => `읽지 않은 메시지 ${n}건`,
  deleted: '삭제되었습니다',
  delete: '삭제',
  clear: '모두 삭제',
  clearDialog: { title: '채팅을 모두 삭제하시겠습니까?', lead: '모든 사람의 화면과 기록에서 메시지와 파일이 사라지며 되돌릴 수 없습니다.', stay: '삭제하지 않기', go: '모두 삭제' },
  download: (n) => `${n} 다운로드`,
  save: '다운로드',
  late: '종료 후에 도착했습니다',
  posting: '전송 대기',
  hashing: '준비하고 있습니다',
  uploading: (p) => `보내고 있습니다 ${p}%`,
  uploadWaiting: '연결이 돌아오기를 기다리고 있습니다',
  again: '다시 시도',
  putAway: '지우기',
  cancelUpload: '취소',
  fault: {
    too_large: '5MB보다 커서 보낼 수 없습니다.',
    empty: '내용이 없는 파일은 보낼 수 없습니다.',
    unreadable: '파일을 읽지 못했습니다.',
    insecure: '이 화면은 안전한 연결(https)이 아니어서 파일을 보낼 수 없습니다.',
    too_many: '이 면접에서 보낼 수 있는 파일 수를 넘었습니다.',
    over: '이 면접에는 더 이상 보낼 수 없습니다.',
    refused: '이 파일은 받을 수 없습니다.',
    unreachable: '서비스에 연결되지 않았습니다.',
  },
  textRefused: { wrong_moment: '지원자가 온 후에 보낼 수 있습니다.', bad_text: '255자 이내로 써 주십시오.' },
  hand: '손들기',
  handTurn: { up: '손들기', down: '손 내리기' },
  raised: (n) => `${n} 님이 손을 들었습니다`,
  order: (n) => `${n}번째`,
  more: '더 보기',
  hold: '보류하기',
  resume: '보류 끝내기',
  onHold: '보류 중',
  held: '관리자가 통화를 보류했습니다',
  heldLead: '서로의 영상과 음성이 전해지지 않습니다. 채팅은 사용할 수 있습니다.',
  muteAll: '모두의 마이크 끄기',
  camerasOff: '모두의 카메라 끄기',
  done: { muteAll: '나를 제외한 마이크를 껐습니다', camerasOff: '나를 제외한 카메라를 껐습니다' },
  failed: '지금은 할 수 없었습니다. 다시 시도해 주십시오.',
  left: '남은 시간',
  before: '시작까지',
  extend: '연장',
  extendBy: (m) => `${m}분`,
  extended: (m) => `${m}분 연장했습니다`,
  extendRefused: {
    next_slot: '연장할 수 없습니다. 다음 면접 시간과 겹칩니다.',
    bad_text: '연장할 수 없습니다. 면접 하나는 8시간까지입니다.',
    over: '면접이 종료되었습니다.',
  },
  endsSoon: {
    title: '면접 종료 5분전입니다.',
    lead: '시간이 되면 모두 퇴장합니다. 종료된 면접은 재진행이 불가하오니 참고하시기 바랍니다.',
  },
  closeNotice: '알림 닫기',
  history: '기록',
  now: '참가 중',
  cause: { button: '나감', line: '연결이 끊김', restart: '다시 입장', taken_over: '다른 화면으로 옮김' },
};

const en: RoomWords = {
  chat: 'Chat',
  close: 'Close',
  placeholder: 'Write a message',
  send: 'Send',
  attach: 'Send a file (up to 5 MB)',
  keys: 'Ctrl+Enter',
  none: 'Nothing has been written yet',
  unread: (n) => `${n} unread`,
  unreadBadge: (n) => `${n} unread ${n === 1 ? 'message' : 'messages'}`,
  deleted: 'Taken back',
  delete: 'Take back',
  clear: 'Clear all',
  clearDialog: { title: 'Clear the whole chat?', lead: 'Words and files disappear for everybody and from the record. This cannot be undone.', stay: 'Keep it', go: 'Clear all' },
  download: (n) => `Download ${n}`,
  save: 'Download',
  late: 'Arrived after the end',
  posting: 'Waiting to be sent',
  hashing: 'Getting ready',
  uploading: (p) => `Sending ${p}%`,
  uploadWaiting: 'Waiting for the connection to return',
  again: 'Try again',
  putAway: 'Remove',
  cancelUpload: 'Cancel',
  fault: {
    too_large: 'It is larger than 5 MB and cannot be sent.',
    empty: 'An empty file cannot be sent.',
    unreadable: 'The file could not be read.',
    insecure: 'This page is not on a secure connection (https), so files cannot be sent.',
    too_many: 'There are too many files in this interview.',
    over: 'Nothing more can be sent to this interview.',
    refused: 'This file was not accepted.',
    unreachable: 'The service could not be reached.',
  },
  textRefused: { wrong_moment: 'You can write once the candidate is here.', bad_text: 'Please use up to 255 characters.' },
  hand: 'Raise hand',
  handTurn: { up: 'Raise your hand', down: 'Lower your hand' },
  raised: (n) => `${n} raised a hand`,
  order: (n) => `No. ${n}`,
  more: 'More',
  hold: 'Put on hold',
  resume: 'End the hold',
  onHold: 'On hold',
  held: 'The host has put the call on hold',
  heldLead: 'Nobody sees or hears the others. The chat goes on.',
  muteAll: 'Turn all microphones off',
  camerasOff: 'Turn all cameras off',
  done: { muteAll: 'All microphones but yours are off', camerasOff: 'All cameras but yours are off' },
  failed: 'That was not possible just now. Please try again.',
  left: 'Left',
  before: 'Starts in',
  extend: 'Extend',
  extendBy: (m) => `${m} min`,
  extended: (m) => `Extended by ${m} min`,
  extendRefused: {
    next_slot: 'It cannot be extended. The next interview begins before that.',
    bad_text: 'It cannot be extended. An interview lasts at most 8 hours.',
    over: 'The interview is over.',
  },
  endsSoon: {
    title: 'The interview ends in 5 minutes.',
    lead: 'Everybody leaves at the end. Please note that an ended interview cannot be resumed.',
  },
  closeNotice: 'Close the notice',
  history: 'History',
  now: 'Here now',
  cause: { button: 'Left', line: 'Connection lost', restart: 'Came in again', taken_over: 'Moved to another window' },
};

export const ROOM: Record<Locale, RoomWords> = { ja, ko, en };
