import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { complete, type Problem } from '../config/check';
import { decode, versionProblem } from '../config/codec';
import { decodeLink } from '../runs/link';
import { checkText, decodeText } from '../runs/text';
import type { Config } from '../config/fields';
import { isNodeBackend, NODE_BACKEND_IDS, type NodeBackend } from '../engine/nodeBackend';

/** A mistake in the command line or in a file that it names; ends with exit code 2 and this one line. */
export class BadInput extends Error {
  override name = 'BadInput';
}

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

export const USAGE = `Usage: npm run --silent record -- --out DIR [options]

Runs a model and writes DIR/record.json (frames 0 to N-1, each measured before its update) and
DIR/weights.safetensors (the weights before the first update).

  --config SETTINGS   what differs from the defaults: 'placement=post&n_layers=6', the same as a JSON
                      object, or a link to the page
  --steps N           how many steps to make (1)
  --out DIR           where to write; made if it is not there
  --backend NAME      ${NODE_BACKEND_IDS.join(' or ')} (wasm)
  --text FILE         a UTF-8 text for task text, instead of the app's own
  --weights FILE      a safetensors file to start from
  --help              this text
`;

/** The command line, checked but for the files that it names. */
export interface Arguments {
  help: boolean;
  config: Config;
  steps: number;
  out: string;
  backend: NodeBackend;
  text: string | null;
  weights: string | null;
}

function parse(argv: string[]) {
  const value = { type: 'string' } as const;
  try {
    return parseArgs({
      args: argv,
      options: {
        config: { ...value, default: '' },
        steps: { ...value, default: '1' },
        backend: { ...value, default: 'wasm' },
        out: value,
        text: value,
        weights: value,
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new BadInput((error as Error).message);
  }
}

function parseJsonConfig(json: string): { config: Config; problems: Problem[] } {
  let settings: unknown;
  try {
    settings = JSON.parse(json);
  } catch (error) {
    throw new BadInput(`--config is not valid JSON: ${(error as Error).message}.`);
  }
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new BadInput('--config is JSON, but not an object of settings such as {"n_layers": 6}.');
  }
  const { v, ...rest } = settings as Record<string, unknown>;
  const completed = complete(rest);
  const version = versionProblem(v === undefined ? null : String(v));
  return { ...completed, problems: [...version, ...completed.problems] };
}

function readLink(link: string): { config: Config; problems: Problem[] } {
  const { configs, problems } = decodeLink(link.slice(link.indexOf('#')));
  return { config: configs[0]!, problems };
}

/** A configuration from `key=value&…`, a JSON object, or a link to the page. */
export function readConfig(typed: string): Config {
  const text = typed.trim();
  const read = /^[{["]/.test(text) ? parseJsonConfig : text.includes('#') ? readLink : decode;
  const { config, problems } = read(text);
  if (problems.length) throw new BadInput(problems.map(({ message }) => message).join(' '));
  return config;
}

export function readArguments(argv: string[]): Arguments {
  const { help, config, steps, backend, out = '', text = null, weights = null } = parse(argv);
  if (!help && out === '') throw new BadInput('--out is missing: the folder to write to.');
  if (!/^\d+$/.test(steps) || Number(steps) < 1 || !Number.isSafeInteger(Number(steps))) {
    throw new BadInput(`--steps is “${steps}”; it must be a whole number from 1.`);
  }
  if (!isNodeBackend(backend)) {
    throw new BadInput(`--backend is “${backend}”; it must be ${NODE_BACKEND_IDS.join(' or ')}.`);
  }
  return { help, config: readConfig(config), steps: Number(steps), backend, out, text, weights };
}

export async function readBytes(option: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new BadInput(`${option} cannot be read: ${(error as Error).message}.`);
  }
}

/** A text to learn from, checked as the page checks it. */
export async function readText(option: string, path: string): Promise<string> {
  const decoded = decodeText(path, await readBytes(option, path));
  const checked = 'value' in decoded ? checkText(path, decoded.value) : decoded;
  if ('problem' in checked) throw new BadInput(`${option}: ${checked.problem}`);
  return checked.value;
}

/** Makes the folder and tries to write to it, before a long run is begun. */
export async function prepareFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    const probe = join(path, `.normscope-${process.pid}`);
    await (await open(probe, 'w')).close();
    await rm(probe);
  } catch (error) {
    throw new BadInput(`--out cannot be written to: ${(error as Error).message}.`);
  }
}
