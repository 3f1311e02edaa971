// How many events a second the ledger keeps, alone; `service` measures it through the rooms.
import { join } from 'node:path';
import { synced } from './disk';
import { found, number } from './example';
import { watch } from './processes';
import type { Measured } from './report';
import { Stage } from './stage';

/** An event as it stands on the disk, with its key. */
const EVENT_BYTES = 160;

export async function ledger(): Promise<Measured[]> {
  const stage = new Stage('ledger');
  const [bare, load] = [synced(stage.folder, EVENT_BYTES), watch()];
  const all = await found('durable', [stage.folder], join(stage.folder, 'durable.log'));
  const during = load();
  return all.map((one) => ({
    name: `events kept by the ledger, ${one['ledger']}, ${one['appenders']} at a time`,
    value: number(one, 'per_second'),
    unit: '/s',
    // What NATS acknowledges, it syncs later.
    baseline: one['ledger'] === 'sled' ? bare : null,
    load: during,
    note: `p99 ${number(one, 'p99_ms').toFixed(1)} ms; ${one['ledger'] === 'sled' ? 'baseline: one file, each line synced' : 'kept by the servers, synced by their default within two minutes'}`,
  }));
}
