// Times as people read them.
import type { Locale, Millis } from './protocol';

const two = (n: number) => String(n).padStart(2, '0');

/** `13:05` in the reader's own zone. */
export function hourMinute(at: Millis): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `00:42`, or `1:02:03` from an hour on; never negative. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** `11月21日（土）` and its like. */
export function day(at: Millis, locale: Locale): string {
  const text = new Intl.DateTimeFormat(locale, { month: 'long', day: 'numeric', weekday: locale === 'en' ? 'long' : 'short' })
    .format(at);
  return locale === 'ja' ? text.replace('(', '（').replace(')', '）') : text;
}

/** `13:05`, with the day before it when that is not today. */
export function dayTime(at: Millis, now: Millis, locale: Locale): string {
  const same = new Date(at).toDateString() === new Date(now).toDateString();
  return same ? hourMinute(at) : `${day(at, locale)} ${hourMinute(at)}`;
}

/** `13:00–13:30`, with the day before it when that is not today. */
export function slotText({ starts, ends }: { starts: Millis; ends: Millis }, now: Millis, locale: Locale): string {
  return `${dayTime(starts, now, locale)}–${hourMinute(ends)}`;
}

/** The hour to come back at: the next full hour that is at least half an hour away. */
export function nextHour(at: Millis): number {
  return new Date(at + 90 * 60_000).getHours();
}
