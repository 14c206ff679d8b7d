import { defineConfig } from 'vitest/config';

/** `npm run check` leaves the slow tests out, `npm test` does not. */
const isQuick = !!process.env.NORMSCOPE_FAST;
const SLOW = 'test/**/*.slow.test.ts';

/** Tests that change or count what a process has once: which instructions WebAssembly knows, threads. */
const OF_A_PROCESS = [
  'test/engine/withoutRelaxedSimd.test.ts',
  'test/engine/withoutSimd.test.ts',
  'test/kernels/wasm/threads.test.ts',
];
const ALONE = [...(isQuick ? [] : [SLOW]), ...OF_A_PROCESS];

interface InNode {
  name: string;
  include: string[];
  exclude?: string[];
  /** True where each file has a process of its own. Else libraries are loaded, and shaders compiled, once for many. */
  isolate: boolean;
}

const inNode = ({ name, include, exclude = [], isolate }: InNode) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude,
    isolate,
    globalSetup: isQuick ? [] : ['test/support/driver.ts'],
    testTimeout: 120_000,
    // Else one processor of two is left to itself.
    maxWorkers: '100%',
  },
});

/** Specs of the browser that read times, rates or what a device can do: one page at a time has the machine. */
const TIMED = [
  'engine',
  'inspectorPace',
  'lanes',
  'normCost',
  'parity',
  'performance',
  'progress',
  'theory',
  'threads',
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
  /** True where each file has a process of its own: of what specs share, `teardown.ts` leaves nothing. */
  isolate?: boolean;
}

const inBrowser = ({
  name,
  include,
  exclude = [],
  setup = [],
  pages = 1,
  turn,
  isolate = false,
}: InBrowser) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude,
    isolate,
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
      // Projects of one turn go by their names: the slow tests first, so that no processor waits for them at the end.
      inNode({ name: 'alone', include: ALONE, isolate: true }),
      inNode({
        name: 'unit',
        include: ['test/**/*.test.ts'],
        exclude: [SLOW, ...OF_A_PROCESS],
        isolate: false,
      }),
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
        isolate: true,
      }),
    ],
  },
});
