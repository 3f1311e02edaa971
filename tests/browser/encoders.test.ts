// An encoder that does not work, in the real booth.
//
// The failing encoders are a GStreamer plugin of their own (tests/src/lib.rs), put into the booth
// from outside.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BoothOptions } from './support/booth';
import { Fair } from './support/fair';
import { library } from './support/paths';
import { until } from './support/until';

/** A booth with our failing encoders before the real ones. */
function failing(fair: Fair, encoders: string[]): BoothOptions {
  const plugins = join(fair.folder, 'plugins');
  mkdirSync(plugins);
  symlinkSync(library('engawa_tests'), join(plugins, 'libengawa_tests.so'));
  return { encoders, env: { GST_PLUGIN_PATH: plugins, GST_REGISTRY: join(fair.folder, 'registry.bin') } };
}

// S3
test('an encoder that fails at the start is passed over', async () => {
  const fair = await Fair.open('encoder-at-start');
  const { booth, recruiter } = await fair.call(failing(fair, ['engawabrokenenc', 'x264enc']));
  expect((await booth.figures())?.encoder).toBe('x264enc');
  await recruiter.flows(0);
});

// S3
test('an encoder that dies in the call is replaced and the call goes on', async () => {
  const fair = await Fair.open('encoder-dies');
  const { booth, recruiter } = await fair.call(failing(fair, ['engawafaultyenc', 'x264enc']));
  expect((await booth.figures())?.encoder).toBe('engawafaultyenc');
  await until('the next encoder', async () => (await booth.figures())?.encoder === 'x264enc', { within: 90_000 });
  await recruiter.flows(0);
  expect((await recruiter.connections()).made).toBe(1);
  expect((await booth.screen('call')).others).toHaveLength(1);
});
