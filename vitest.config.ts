import { defineConfig } from 'vitest/config';

/** Tests named *.slow.test.ts are left out of `npm run check`, not of `npm test`. */
const slow = process.env.NORMSCOPE_FAST ? ['test/**/*.slow.test.ts'] : [];

const inBrowser = (name: string, include: string, ...setup: string[]) => ({
  extends: true as const,
  test: {
    name,
    include: [include],
    globalSetup: ['test/browser/setup.ts', ...setup],
    setupFiles: ['test/browser/teardown.ts'],
    // One page at a time: the tests read times and frame rates.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 50 } },
  },
});

export default defineConfig({
  test: {
    environment: 'node',
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: slow,
          globalSetup: process.env.NORMSCOPE_FAST ? [] : ['test/support/driver.ts'],
          testTimeout: 120_000,
          // Else one processor of two is left to itself.
          maxWorkers: '100%',
        },
      },
      inBrowser('browser', 'test/browser/**/*.spec.ts'),
      // Too long for every change.
      inBrowser('verify', 'test/**/*.verify.ts', 'test/support/driver.ts'),
    ],
  },
});
