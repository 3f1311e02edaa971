import { defineConfig } from 'vitest/config';

// The whole appliance in QEMU, one machine at a time: each has two processors, and so may the host.
export default defineConfig({
  test: {
    include: ['image/**/*.test.ts'],
    environment: 'node',
    globalSetup: 'image/support/flashed.ts',
    pool: 'forks',
    fileParallelism: false,
    // A story goes on where its last test ended.
    bail: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 30_000,
    reporters: ['verbose'],
  },
});
