// The day's list and the month: interviews that were booked and rooms that the lobby tells of. Pure.
import type { BoothState, InterviewKind, Millis, Progress, RoomId, RoomSummary } from './protocol';
import type { Interview } from './schedule';

/** One line of the day. */
export type Row = {
  readonly room: RoomId;
  /** The beginning of the slot, or the first knock of a walk-up. */
  readonly at: Millis;
  /** None for a walk-up. */
  readonly ends: Millis | undefined;
  readonly guest: string;
  /** None for a walk-up. */
  readonly kind: InterviewKind | undefined;
  /** Empty while any booth will do. */
  readonly booth: string;
  readonly progress: Progress;
  /** As the lobby knows it; none for what nobody has knocked for yet. */
  readonly summary: RoomSummary | undefined;
  /** None for a walk-up. */
  readonly interview: Interview | undefined;
};

/** The booked interviews of the day with what the lobby knows newer, and everybody who came without a booking. */
export function rowsOf(
  interviews: readonly Interview[],
  rooms: readonly RoomSummary[],
  booths: readonly BoothState[],
): Row[] {
  const news = new Map(rooms.map((r) => [r.room, r]));
  const booked = interviews.map((interview): Row => {
    const summary = news.get(interview.room);
    const booth = interview.booking.booth;
    return {
      room: interview.room,
      at: summary?.slot?.starts ?? interview.booking.slot.starts,
      ends: summary?.slot?.ends ?? interview.ends,
      guest: summary?.guest || interview.booking.guest,
      kind: summary?.kind ?? interview.booking.kind,
      booth: summary?.booth || (booth === undefined ? '' : (booths.find((b) => b.booth === booth)?.name ?? booth)),
      progress: summary?.progress ?? interview.state,
      summary,
      interview,
    };
  });
  const known = new Set(interviews.map((i) => i.room));
  const others = rooms.filter((r) => !known.has(r.room) && (r.slot === undefined || isLive(r.progress)));
  const unbooked = others.map((summary): Row => ({
    room: summary.room,
    at: summary.slot?.starts ?? summary.opened,
    ends: summary.slot?.ends,
    guest: summary.guest,
    kind: summary.kind,
    booth: summary.booth,
    progress: summary.progress,
    summary,
    interview: undefined,
  }));
  return [...booked, ...unbooked].sort((a, b) => a.at - b.at || (a.room < b.room ? -1 : 1));
}

/** An interview that the lobby does not tell of, as it would. */
export function summaryOf({ room, booking, ends, state }: Interview, booths: readonly BoothState[]): RoomSummary {
  const { slot, guest, kind, locale = 'ja', booth } = booking;
  return {
    room,
    booth: booth === undefined ? '' : (booths.find((b) => b.booth === booth)?.name ?? booth),
    guest,
    locale,
    progress: state,
    since: slot.starts,
    opened: slot.starts,
    hosts: [],
    lost: false,
    kind,
    slot: { starts: slot.starts, ends },
    held: false,
    ring: { type: 'none' },
  };
}

function isLive(progress: Progress): boolean {
  return progress === 'knocking' || progress === 'in_call';
}

export type KindFilter = InterviewKind | 'walk_up';
export type StateFilter = 'waiting' | 'coming' | 'done' | 'missed';
export type Filter = { readonly kind: KindFilter | undefined; readonly state: StateFilter | undefined };

/** What a state counts as in the filter and in the counts. */
export function stateOf(progress: Progress): StateFilter {
  switch (progress) {
    case 'knocking':
    case 'in_call':
      return 'waiting';
    case 'booked':
    case 'open':
      return 'coming';
    case 'missed':
      return 'missed';
    case 'refused':
    case 'ended':
    case 'cancelled':
      return 'done';
    default:
      return unknownProgress(progress);
  }
}

function unknownProgress(_progress: never): StateFilter {
  return 'coming';
}

export function passes(row: Row, { kind, state }: Filter): boolean {
  return (kind === undefined || kind === (row.kind ?? 'walk_up')) && (state === undefined || state === stateOf(row.progress));
}

/** Today's counts; what was cancelled is no interview. */
export function counts(rows: readonly Row[]): { total: number; done: number; missed: number } {
  const held = rows.filter((r) => r.progress !== 'cancelled');
  return {
    total: held.length,
    done: held.filter((r) => r.progress === 'ended').length,
    missed: held.filter((r) => r.progress === 'missed').length,
  };
}

/** The interviews of each day, by its key; what was cancelled is left out. */
export function byDay(interviews: readonly Interview[]): ReadonlyMap<string, readonly Interview[]> {
  const days = new Map<string, Interview[]>();
  for (const interview of interviews) {
    if (interview.state === 'cancelled') continue;
    const key = dayKey(interview.booking.slot.starts);
    days.set(key, [...(days.get(key) ?? []), interview]);
  }
  return days;
}

/** `2026-11-21` in the reader's own zone. */
export function dayKey(at: Millis): string {
  const date = new Date(at);
  return `${monthKey(date.getFullYear(), date.getMonth() + 1)}-${String(date.getDate()).padStart(2, '0')}`;
}

/** `2026-11`; `month` counts from 1 and may run over. */
export function monthKey(year: number, month: number): string {
  const date = new Date(year, month - 1, 1);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}`;
}

/** The weeks of a month, Sunday first, each day by its key; days of other months are undefined. */
export function weeks(month: string): (string | undefined)[][] {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const first = new Date(year, number - 1, 1).getDay();
  const length = new Date(year, number, 0).getDate();
  const cells = Array.from({ length: Math.ceil((first + length) / 7) * 7 }, (_, i) => {
    const day = i - first + 1;
    return day >= 1 && day <= length ? `${month}-${String(day).padStart(2, '0')}` : undefined;
  });
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}
