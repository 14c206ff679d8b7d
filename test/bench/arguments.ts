import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Backend, HostId } from './sizes';

export interface Arguments {
  json: string | null;
  host: HostId;
  backend: Backend;
  /** All sizes together; Infinity is as long as it takes. */
  minutes: number;
  /** The archive to write instead of measuring. */
  bundle: string | null;
  quick: boolean;
  full: boolean;
  steps: number;
  help: boolean;
}

/** The backends of each host; the first is the default. */
const BACKENDS: Record<HostId, Backend[]> = { browser: ['wasm', 'webgpu'], node: ['webgpu'] };
const isHost = (id: string): id is HostId => Object.hasOwn(BACKENDS, id);
const MINUTES: Record<HostId, number> = { browser: Infinity, node: 8 };
const MOST_STEPS = 10_000;

export const HELP = `npm run bench -- [flags]

Times one training step (forward, backward, update) of this engine beside plain TensorFlow.js, jax-js and,
where a Python has it, PyTorch, all in one run.

  --host NAME     browser (default), or node: WebGPU in Node through Dawn, on a machine without a browser
  --backend NAME  ${BACKENDS.browser.join(' or ')} (default wasm; in Node webgpu)
  --quick         the two sizes with targets on wasm, one tiny size on WebGPU; under a minute
  --full          all sizes although the WebGPU adapter is software: very slow
  --steps N       steps that are timed per engine and size, 1 to ${MOST_STEPS} (default 20; quick: 12)
  --minutes N     the most that all sizes may take; what does not fit is left out, and said (default: no end;
                  in Node ${MINUTES.node})
  --bundle FILE   writes all that --host node needs into one archive, a .tar.gz, and measures nothing
  --json FILE     writes the results to a file as well
  --help          prints this`;

/** Something wrong with the arguments: what, and what is allowed. */
export class ArgumentsError extends Error {
  override name = 'ArgumentsError';
}

const OPTIONS = {
  json: { type: 'string' },
  host: { type: 'string', default: 'browser' },
  backend: { type: 'string' },
  minutes: { type: 'string' },
  bundle: { type: 'string' },
  quick: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  steps: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

function parsed(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: OPTIONS }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.(?=\s)|\n/);
    const flags = Object.keys(OPTIONS).map((name) => `--${name}`);
    throw new ArgumentsError(`${sentence}. The flags are ${flags.join(', ')}.`);
  }
}

function stepsOf(text: string): number {
  const steps = Number(text);
  if (/^\d+$/.test(text) && steps >= 1 && steps <= MOST_STEPS) return steps;
  throw new ArgumentsError(
    `--steps is ${JSON.stringify(text)}; it must be a whole number from 1 to ${MOST_STEPS}.`,
  );
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (text.trim() !== '' && minutes > 0 && minutes < Infinity) return minutes;
  throw new ArgumentsError(`--minutes is ${JSON.stringify(text)}; it must be a number above 0.`);
}

/** A file that can be written to, as far as its folder is there. */
function fileOf(flag: string, path: string): string {
  if (path !== '' && existsSync(dirname(path))) return path;
  throw new ArgumentsError(
    `--${flag} is ${JSON.stringify(path)}; there is no folder ${dirname(path)}.`,
  );
}

const oneOf = (ids: readonly string[]) => `it must be one of ${ids.join(', ')}`;

/** @throws ArgumentsError in one or two sentences */
export function readArguments(argv: string[]): Arguments {
  const { json, bundle, host, backend, minutes, quick, full, steps, help } = parsed(argv);
  if (!isHost(host)) {
    const hosts = oneOf(Object.keys(BACKENDS));
    throw new ArgumentsError(`--host is ${JSON.stringify(host)}; ${hosts}.`);
  }
  const backends: readonly string[] = BACKENDS[host];
  if (backend !== undefined && !backends.includes(backend)) {
    const where = host === 'node' ? ' with --host node' : '';
    throw new ArgumentsError(
      `--backend is ${JSON.stringify(backend)}; ${oneOf(backends)}${where}.`,
    );
  }
  if (quick && full) throw new ArgumentsError('--quick and --full exclude each other.');
  return {
    json: json === undefined ? null : fileOf('json', json),
    host,
    backend: (backend as Backend | undefined) ?? BACKENDS[host][0]!,
    minutes: minutes === undefined ? MINUTES[host] : minutesOf(minutes),
    bundle: bundle === undefined ? null : fileOf('bundle', bundle),
    quick,
    full,
    steps: steps === undefined ? (quick ? 12 : 20) : stepsOf(steps),
    help,
  };
}
