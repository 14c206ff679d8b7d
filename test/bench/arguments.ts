import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Backend } from './sizes';

export interface Arguments {
  json: string | null;
  backend: Backend;
  quick: boolean;
  widths: boolean;
  full: boolean;
  steps: number;
  help: boolean;
}

const BACKENDS: Backend[] = ['wasm', 'webgpu'];
const MOST_STEPS = 10_000;

export const HELP = `npm run bench -- [flags]

Times one training step (forward, backward, update) of this engine beside plain TensorFlow.js, jax-js and,
where a Python has it, PyTorch, all in one run.

  --backend NAME  ${BACKENDS.join(' or ')} (default wasm)
  --quick         the two sizes with targets on wasm, one tiny size on WebGPU; under a minute
  --widths        on wasm: widths from 32 to 512 at four layers
  --full          all sizes although the WebGPU adapter is software: very slow
  --steps N       steps that are timed per engine and size, 1 to ${MOST_STEPS} (default 20; quick: 12)
  --json FILE     writes the results to a file as well
  --help          prints this`;

/** Something wrong with the arguments: what, and what is allowed. */
export class ArgumentsError extends Error {
  override name = 'ArgumentsError';
}

const OPTIONS = {
  json: { type: 'string' },
  backend: { type: 'string', default: 'wasm' },
  quick: { type: 'boolean', default: false },
  widths: { type: 'boolean', default: false },
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

/** @throws ArgumentsError in one or two sentences */
export function readArguments(argv: string[]): Arguments {
  const { json = null, backend, quick, widths, full, steps, help } = parsed(argv);
  if (!BACKENDS.includes(backend as Backend)) {
    throw new ArgumentsError(
      `--backend is ${JSON.stringify(backend)}; it must be one of ${BACKENDS.join(', ')}.`,
    );
  }
  if (quick && full) throw new ArgumentsError('--quick and --full exclude each other.');
  if (widths && (quick || full || backend !== 'wasm')) {
    throw new ArgumentsError('--widths goes with wasm alone, and without --quick and --full.');
  }
  if (json !== null && !existsSync(dirname(json))) {
    throw new ArgumentsError(
      `--json is ${JSON.stringify(json)}; there is no folder ${dirname(json)}.`,
    );
  }
  return {
    json,
    backend: backend as Backend,
    quick,
    widths,
    full,
    steps: steps === undefined ? (quick ? 12 : 20) : stepsOf(steps),
    help,
  };
}
