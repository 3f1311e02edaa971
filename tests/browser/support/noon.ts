// A time zone in which it is about noon: slots of some hours around now are all of one day.

const hours = 12 - new Date().getUTCHours();

/** Its name; the signs of `Etc` are turned round. */
export const NOON = hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;

/** A moment as `<input type=date>` and `<input type=time>` of a page there have it. */
export function written(at: number): { date: string; time: string } {
  const there = new Date(at + hours * 3_600_000).toISOString();
  return { date: there.slice(0, 10), time: there.slice(11, 16) };
}
