// Keeps time for a window that nobody looks at: browsers wake a hidden page's own timers as seldom
// as once a minute, and by then the service has given the line up and a knock has gone unheard.

/** Wakes the page as `id` after `ms`; without `ms` no more. */
export type Wish = { id: number; ms?: number };

const running = new Map<number, number>();

addEventListener('message', ({ data }: MessageEvent<Wish>) => {
  clearTimeout(running.get(data.id));
  running.delete(data.id);
  if (data.ms === undefined) return;
  const timer = setTimeout(() => {
    running.delete(data.id);
    postMessage(data.id);
  }, data.ms);
  running.set(data.id, Number(timer));
});
