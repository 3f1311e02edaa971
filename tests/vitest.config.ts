import { defineConfig } from 'vitest/config';

// Whole interviews, one after the other: each has a service, a booth and browsers of its own, and
// the machine may have only two cores.
export default defineConfig({
  test: {
    include: ['browser/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    reporters: ['verbose'],
  },
});
