import { defineConfig } from 'vitest/config';

// Real parts, two cores: files run in a few worker processes; native modules (SQLite, PKCS#11) need forks, not threads.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    include: ['main/**/*.test.ts', 'native/**/*.test.ts', 'preload/**/*.test.ts', 'renderer/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
