// The card a booth starts from: written by flash.sh as staff do it, then a story's own changes on top.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT, FLASH, IMAGE } from './paths';

/** The card most stories start from, as flash.sh left it; nobody writes to it any more. */
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
  /** Its text, or the file of this machine that is put there, or text behind what is there already. */
  text?: string;
  file?: string;
  more?: string;
  mode?: number;
  /** User and group: 810 is the booth's. */
  owner?: number;
};

/** What flash.sh is told of one booth, besides the image. */
export type Personal = { service: string; name: string; token: string; more?: string[] };

/** Writes a new card in `folder` with flash.sh, as staff do, and gives it back. */
export function flash(folder: string, { service, name, token, more = [] }: Personal): string {
  const raw = join(folder, 'card.img');
  const size = Number(/<ImageSize> *(\d+)/.exec(readFileSync(join(BUILT, 'engawa-booth-test-amd64.img.bmap'), 'utf8'))?.[1]);
  const card = openSync(raw, 'w');
  ftruncateSync(card, size + MORE * MIB);
  closeSync(card);
  const secret = join(folder, 'token');
  writeFileSync(secret, `${token}\n`, { mode: 0o600 });
  execFileSync(
    FLASH,
    ['--image', IMAGE, '--target', raw, '--service', service, '--name', name, '--token-file', secret, '--log', join(folder, 'flash.log'), '--yes', ...more],
    { stdio: ['ignore', 'pipe', 'inherit'], timeout: 600_000 },
  );
  return raw;
}

/** Writes the card of most stories unless it is younger than the image; tells how long that took. */
export function flashed(): number {
  if (existsSync(FLASHED) && statSync(FLASHED).mtimeMs > statSync(IMAGE).mtimeMs) return 0;
  const work = join(BUILT, 'flash');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { mode: 0o700 });
  rmSync(FLASHED, { force: true });
  const begun = performance.now();
  execFileSync('mv', [flash(work, { service: 'http://10.0.2.2:9', name: NAME, token: '0'.repeat(64) }), FLASHED]);
  return (performance.now() - begun) / 1000;
}

type Part = { name: string; start: number; size: number };

function parts(disk: string): Part[] {
  const told = JSON.parse(execFileSync('sfdisk', ['-J', disk], { encoding: 'utf8' })) as { partitiontable: { partitions: Part[] } };
  return told.partitiontable.partitions;
}

/** Where the data partition of a card begins and how long it is, in bytes. */
function dataOf(disk: string): [number, number] {
  const part = parts(disk).find(({ name }) => name === 'data');
  if (!part) throw new Error(`${disk} has no data partition`);
  return [part.start * 512, part.size * 512];
}

/** Makes a story's own card of whose data partition nothing is left. */
export function broken(folder: string, from: string): string {
  const own = overlay(folder, from);
  const [offset, length] = dataOf(from);
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', `write -q -z ${offset} ${length}`, own], { stdio: ['ignore', 'ignore', 'inherit'] });
  return own;
}

/**
 * Makes a story's own card in `folder`: what it writes stays there, and begins with these files on the
 * data partition. `larger` MiB more than flash.sh saw are left at its end.
 */
export function card(folder: string, files: Put[], larger = 0, from = FLASHED): string {
  const [offset, length] = dataOf(from);
  const data = join(folder, 'data.ext4');
  execFileSync('dd', [`if=${from}`, `of=${data}`, 'bs=1M', `skip=${offset / MIB}`, `count=${Math.ceil(length / MIB)}`, 'conv=sparse', 'status=none']);
  execFileSync('truncate', ['-s', String(length), data]);
  const changes = [...folders(files, data), ...files.flatMap((one, at) => put(one, data, folder, at))];
  execFileSync('debugfs', ['-w', '-f', '-', data], { input: changes.join('\n'), stdio: ['pipe', 'ignore', 'ignore'] });
  execFileSync('e2fsck', ['-fn', data], { stdio: ['ignore', 'ignore', 'inherit'] });
  const own = overlay(folder, from, larger);
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', `write -q -s ${data} ${offset} ${length}`, own], { stdio: ['ignore', 'ignore', 'inherit'] });
  rmSync(data);
  return own;
}

/** A disk in `folder` that begins as another and takes what is written, `larger` MiB larger than it. */
export function overlay(folder: string, from: string, larger = 0): string {
  const path = join(folder, 'card.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', from, path, String(statSync(from).size + larger * MIB)]);
  return path;
}

const debugfs = (data: string, question: string) =>
  execFileSync('debugfs', ['-R', question, data], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** The commands of debugfs for folders that are not there yet; a second `mkdir` would break the file system. */
function folders(files: Put[], data: string): string[] {
  const all = files.flatMap(({ path }) => path.split('/').slice(0, -1).map((_, depth, names) => `/${names.slice(0, depth + 1).join('/')}`));
  return [...new Set(all)].filter((each) => !debugfs(data, `stat ${each}`).includes('Inode:')).map((each) => `mkdir ${each}`);
}

/** The commands of debugfs for one file. */
function put({ path, text, file, more, mode = 0o644, owner = 0 }: Put, data: string, folder: string, at: number): string[] {
  const from = file ?? join(folder, `put-${at}`);
  const written = more === undefined ? text : `${debugfs(data, `cat /${path}`)}${more}`;
  if (written !== undefined) writeFileSync(from, written, { mode: 0o600 });
  return [
    `rm /${path}`,
    `write ${from} /${path}`,
    `set_inode_field /${path} mode 0${(0o100000 | mode).toString(8)}`,
    `set_inode_field /${path} uid ${owner}`,
    `set_inode_field /${path} gid ${owner}`,
  ];
}
