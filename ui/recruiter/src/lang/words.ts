// Every text of the page. A language that misses one does not compile.
import type { Kind, Problem } from '../devices';
import type { Loudness } from '../keep';
import type { EndCause, Locale, Progress, Refusal } from '../protocol';
import type { AccessWords } from './access';
import type { ComingWords } from './coming';
import type { FloorWords } from './floor';
import type { PlanWords } from './plan';
import type { RoomWords } from './room';

export type Words = {
  access: AccessWords;
  coming: ComingWords;
  floor: FloorWords;
  room: RoomWords;
  plan: PlanWords;
  /** BCP 47, for dates and `lang`. */
  tag: string;
  languageName: Record<Locale, string>;
  language: string;
  /** Stands between two facts of a line. */
  between: string;
  back: string;

  signIn: {
    title: string;
    lead: string;
    account: string;
    password: string;
    show: string;
    hide: string;
    submit: string;
    working: string;
    wrong: string;
    tooMany: (seconds: number) => string;
    unreachable: string;
    privacy: string;
    signedOut: string;
  };

  top: { signOut: string; lineUp: string; lineDown: string };

  day: {
    total: (n: number) => string;
    done: (n: number) => string;
    missed: (n: number) => string;
    columns: { time: string; guest: string; booth: string; state: string; action: string };
    state: Record<Progress, string>;
    place: (n: number) => string;
    lost: string;
    empty: string;
    emptyLead: string;
    enter: string;
    show: string;
    booths: string;
    boothState: { free: string; taken: string; away: string };
  };

  knock: {
    title: string;
    /** How many more stand behind the one shown. */
    more: (n: number) => string;
    none: string;
    noneLead: string;
    picture: (guest: string) => string;
    noPicture: string;
    booth: (booth: string) => string;
    reads: (locale: Locale) => string;
    admit: string;
    admitGuest: (guest: string) => string;
    message: string;
    placeholder: string;
    quick: readonly { key: 'soon' | 'later' | 'book'; label: string; text: (hour: number) => string }[];
    wait: string;
    refuse: string;
    told: string;
    /** For the notification and the screen reader. */
    announce: (guest: string, booth: string) => string;
    documentTitle: (n: number) => string;
    refused: Record<Refusal, string>;
    /** Why a room that was about to be entered cannot be any more. */
    gone: Record<Progress, string>;
  };

  ring: {
    title: string;
    loudness: Record<Loudness, string>;
    blocked: string;
    unlock: string;
    notify: string;
    notifyOn: string;
    notifyDenied: string;
  };

  ready: {
    title: (guest: string) => string;
    knocking: string;
    inCall: (n: number) => string;
    camera: string;
    microphone: string;
    speaker: string;
    standard: string;
    numbered: (kind: Kind | 'speaker', n: number) => string;
    test: string;
    testFailed: string;
    noise: string;
    level: string;
    opening: string;
    cameraOff: string;
    problem: Record<Kind, Record<Problem, string>>;
    retry: string;
    seen: string;
    seenLead: (guest: string) => string;
    enter: string;
    admitHint: string;
    joinHint: string;
  };

  call: {
    booth: (booth: string) => string;
    elapsed: string;
    you: string;
    guest: string;
    host: string;
    connecting: string;
    cameraOff: string;
    microphoneOff: string;
    lost: string;
    shaky: string;
    enlarge: (name: string) => string;
    tiles: string;
    enlarged: string;
    fullScreen: string;
    leaveFullScreen: string;
    microphone: string;
    microphoneTurn: { on: string; off: string };
    camera: string;
    cameraTurn: { on: string; off: string };
    people: string;
    peopleCount: (n: number) => string;
    devices: string;
    leave: string;
    end: string;
    mutedSpeaking: string;
    knocking: (n: number) => string;
    reconnecting: string;
    reconnectingLead: (tries: number) => string;
    soundBlocked: string;
    soundUnblock: string;
    entering: string;
    leaveDialog: { title: string; lead: string; stay: string; go: string };
    endDialog: { title: string; lead: (guest: string) => string; stay: string; go: string };
  };

  ended: {
    ended: string;
    left: string;
    cause: Record<EndCause, string>;
    leftLead: string;
    minutes: (n: number) => string;
    refused: string;
    again: string;
    next: (guest: string) => string;
    toDay: string;
  };

  replaced: { title: string; lead: string; here: string };
  version: { title: string; lead: string; reload: string };
  loading: string;
};
