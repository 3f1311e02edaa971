// The card a booth starts from: written by flash.sh as staff do it, then a story's own changes on top.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, ftruncateSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT, FLASH, IMAGE } from './paths';

/** A card as flash.sh left it; nobody writes to it any more. */
export const FLASHED = join(BUILT, 'card.img');
/** What flash.sh put on it besides the image; a story that needs others overwrites the files. */
export const NAME = 'A-01';

const MIB = 1 << 20;
/** Larger than the image by so much, for what the stories put onto the data partition. */
const MORE = 64;

/** A file for the data partition. */
export type Put = {
  /** Such as `engawa/booth.toml`. */
  path: string;
  /** Its text, or the file of this machine that is put there. */
  text?: string;
  file?: string;
  mode?: number;
  /** User and group: 810 is the booth's. */
  owner?: number;
};

/** Writes the card with flash.sh unless it is younger than the image; tells how long that took. */
export function flash(): number {
  if (existsSync(FLASHED) && statSync(FLASHED).mtimeMs > statSync(IMAGE).mtimeMs) return 0;
  const work = join(BUILT, 'flash');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { mode: 0o700 });
  rmSync(FLASHED, { force: true });
  const raw = join(work, 'card.img');
  const size = Number(/<ImageSize> *(\d+)/.exec(execFileSync('cat', [join(BUILT, 'engawa-booth-test-amd64.img.bmap')], { encoding: 'utf8' }))?.[1]);
  const card = openSync(raw, 'w');
  ftruncateSync(card, size + MORE * MIB);
  closeSync(card);
  const token = join(work, 'token');
  writeFileSync(token, `${'0'.repeat(64)}\n`, { mode: 0o600 });
  const begun = performance.now();
  execFileSync(
    FLASH,
    ['--image', IMAGE, '--target', raw, '--service', 'http://10.0.2.2:9', '--name', NAME, '--token-file', token, '--log', join(work, 'flash.log'), '--yes'],
    { stdio: ['ignore', 'pipe', 'inherit'], timeout: 600_000 },
  );
  execFileSync('mv', [raw, FLASHED]);
  return (performance.now() - begun) / 1000;
}

type Part = { name: string; start: number; size: number };

function parts(disk: string): Part[] {
  const told = JSON.parse(execFileSync('sfdisk', ['-J', disk], { encoding: 'utf8' })) as { partitiontable: { partitions: Part[] } };
  return told.partitiontable.partitions;
}

/**
 * Makes a story's own card in `folder`: what it writes stays there, and begins with these files on the
 * data partition. `larger` MiB more than flash.sh saw are left at its end.
 */
export function card(folder: string, files: Put[], larger = 0): string {
  const part = parts(FLASHED).find(({ name }) => name === 'data');
  if (!part) throw new Error(`${FLASHED} has no data partition`);
  const [offset, length] = [part.start * 512, part.size * 512];
  const data = join(folder, 'data.ext4');
  execFileSync('dd', [`if=${FLASHED}`, `of=${data}`, 'bs=1M', `skip=${offset / MIB}`, `count=${Math.ceil(length / MIB)}`, 'conv=sparse', 'status=none']);
  execFileSync('truncate', ['-s', String(length), data]);
  execFileSync('debugfs', ['-w', '-f', '-', data], { input: files.flatMap((one, at) => put(one, folder, at)).join('\n'), stdio: ['pipe', 'ignore', 'ignore'] });
  execFileSync('e2fsck', ['-fn', data], { stdio: ['ignore', 'ignore', 'inherit'] });
  const overlay = join(folder, 'card.qcow2');
  const size = statSync(FLASHED).size + larger * MIB;
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', FLASHED, overlay, String(size)]);
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', `write -q -s ${data} ${offset} ${length}`, overlay], { stdio: ['ignore', 'ignore', 'inherit'] });
  rmSync(data);
  return overlay;
}

/** The commands of debugfs for one file. */
function put({ path, text, file, mode = 0o644, owner = 0 }: Put, folder: string, at: number): string[] {
  const from = file ?? join(folder, `put-${at}`);
  if (text !== undefined) writeFileSync(from, text, { mode: 0o600 });
  const folders = path.split('/').slice(0, -1);
  return [
    ...folders.map((_, depth) => `mkdir /${folders.slice(0, depth + 1).join('/')}`),
    `rm /${path}`,
    `write ${from} /${path}`,
    `set_inode_field /${path} mode 0${(0o100000 | mode).toString(8)}`,
    `set_inode_field /${path} uid ${owner}`,
    `set_inode_field /${path} gid ${owner}`,
  ];
}
