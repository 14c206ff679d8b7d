import { defineConfig } from 'vitest/config';

/** Tests named *.slow.test.ts are left out of `npm run check`, not of `npm test`. */
const slow = process.env.NORMSCOPE_FAST ? ['test/**/*.slow.test.ts'] : [];

/** Specs of the browser that read times, rates or what a device can do: one page at a time has the machine. */
const TIMED = [
  'cost',
  'engine',
  'inspector',
  'lanes',
  'layout',
  'normCost',
  'parity',
  'performance',
  'progress',
  'slider',
  'theory',
  'threads',
  'toggle',
].map((name) => `test/browser/${name}.spec.ts`);

interface InBrowser {
  name: string;
  include: string[];
  exclude?: string[];
  setup?: string[];
  /** Pages at a time. */
  pages?: number;
  /** Its turn: pages of one project do not run beside those of another. */
  turn: number;
}

const inBrowser = ({ name, include, exclude = [], setup = [], pages = 1, turn }: InBrowser) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude,
    globalSetup: ['test/browser/setup.ts', ...setup],
    setupFiles: ['test/browser/teardown.ts'],
    maxWorkers: pages,
    sequence: { groupOrder: turn },
    // Two pages on two processors that others use as well: what is waited for comes late.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000, interval: 50 } },
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
      inBrowser({
        name: 'browser',
        include: ['test/browser/**/*.spec.ts'],
        exclude: TIMED,
        pages: 2,
        turn: 1,
      }),
      inBrowser({ name: 'browser-timed', include: TIMED, turn: 2 }),
      // Too long for every change.
      inBrowser({
        name: 'verify',
        include: ['test/**/*.verify.ts'],
        setup: ['test/support/driver.ts'],
        turn: 3,
      }),
    ],
  },
});
