// The booth's queue on disk.
import { join } from 'node:path';
import { synced } from './disk';
import { found, number } from './example';
import { watch } from './processes';
import type { Measured } from './report';
import { Stage } from './stage';

/** A line of the queue as it stands on the disk. */
const LINE_BYTES = 500;

export async function outbox(): Promise<Measured[]> {
  const stage = new Stage('outbox');
  const [bare, load] = [synced(stage.folder, LINE_BYTES), watch()];
  const [one] = await found('outbox', [stage.folder], join(stage.folder, 'outbox.log'));
  const during = load();
  return [
    {
      name: 'outbox: lines kept', value: number(one, 'outbox_lines_per_second'), baseline: bare, unit: '/s',
      load: during, note: 'one after the other; baseline: one file, each line synced',
    },
    { name: 'outbox: start with 1,000 waiting', value: number(one, 'outbox_start_with_1000_ms'), unit: 'ms', load: during },
    { name: 'outbox: a file of 5 MiB', value: number(one, 'outbox_file_5mib_ms'), unit: 'ms', load: during },
  ];
}
