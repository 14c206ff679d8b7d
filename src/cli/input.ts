import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { complete, toTell, type Problem } from '../config/check';
import { decode, versionProblem } from '../config/codec';
import { DEFAULTS, type Config } from '../config/fields';
import { nearest, shortened } from '../lib/words';
import type { Transposing } from '../protocol/engine';
import { settingsIn } from '../runs/files';
import { decodeLink } from '../runs/link';
import { described, endsOf, holdsWeights, recognize, type Recognized } from '../runs/recognize';
import { TABLE_FORMS, type TableForm } from '../runs/tables/history';
import { checkText, decodeText } from '../runs/text';
import { isNodeBackend, NODE_BACKEND_IDS, type NodeBackend } from '../engine/nodeBackend';

/** A mistake in the command line or in a file that it names; ends with exit code 2 and this one line. */
export class BadInput extends Error {
  override name = 'BadInput';
}

/** The most characters that are printed of one message. */
const LONGEST = 1500;
export const oneLine = (text: string): string =>
  shortened(text.replace(/\s+/g, ' ').trim(), LONGEST);

export const USAGE = `Usage: npm run --silent record -- --out DIR [options]

Runs a model and writes DIR/record.json (frames 0 to N-1, each measured before its update) and
DIR/weights.safetensors (the weights before the first update). A run can be left at a step and gone on with.

  --config SETTINGS   what differs from the defaults: 'placement=post&n_layers=6', the same as a JSON
                      object, or a link to the page
  --steps N           how many steps to make (1)
  --out DIR           where to write; made if it is not there
  --backend NAME      ${NODE_BACKEND_IDS.join(' or ')} (wasm)
  --text FILE         a UTF-8 text for task text, instead of the app's own
  --weights FILE      a safetensors file to start from
  --weights-settings  begins with the settings that this file was saved with; --config says what differs
  --transpose WHICH   which matrices of the file are [out, in]: fitting (those that fit no other way) or
                      all (every square linear map too)
  --events EVENTS     settings that change under way: '40:placement=pre&lr=3e-4;80:dropout=0.1'
  --save-checkpoint FILE
                      writes all that goes on from the last step, or from the step that --at names
  --at STEP           the step of that checkpoint, before its update
  --history FILE      a table besides, a row for each step and a column for each number: .parquet or .csv
  --from FILE         goes on from a checkpoint, N further steps, with its settings; what --config says
                      otherwise changes at its step
  --help              this text
`;

/** The command line, checked but for the files that it names. */
export interface Arguments {
  help: boolean;
  /** As it was typed: what the settings differ from may stand in the weights file. */
  config: string;
  steps: number;
  out: string;
  backend: NodeBackend;
  text: string | null;
  weights: string | null;
  weightsSettings: boolean;
  transpose: Transposing | undefined;
  /** As they were typed: what they may say depends on the settings. */
  events: string | null;
  saveCheckpoint: string | null;
  at: number | null;
  history: string | null;
  from: string | null;
}

const VALUE = { type: 'string' } as const;
const FLAG = { type: 'boolean', default: false } as const;
const OPTIONS = {
  config: { ...VALUE, default: '' },
  steps: { ...VALUE, default: '1' },
  backend: { ...VALUE, default: 'wasm' },
  out: VALUE,
  text: VALUE,
  weights: VALUE,
  'weights-settings': FLAG,
  transpose: VALUE,
  events: VALUE,
  'save-checkpoint': VALUE,
  at: VALUE,
  history: VALUE,
  from: VALUE,
  help: FLAG,
} as const;

/** Options and other words of a command line; an unknown option is told with the nearest that there is. */
function parse<Given extends ParseArgsConfig>(given: Given) {
  try {
    return parseArgs(given);
  } catch (error) {
    const [, typed] = /^Unknown option '--?([^'=]*)/.exec((error as Error).message) ?? [];
    if (typed === undefined) throw new BadInput((error as Error).message);
    const meant = nearest(typed, Object.keys(given.options ?? {}));
    const guess = meant ? ` Did you mean --${meant}?` : ' --help lists what there is.';
    throw new BadInput(`Unknown option --${shortened(typed)}.${guess}`);
  }
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** The values of a command line's options. */
export const parseOptions = <O extends Options>(argv: string[], options: O) =>
  parse({ args: argv, options }).values;

/** The same of a command line that has words besides. */
export const parseCommand = <O extends Options>(argv: string[], options: O) =>
  parse({ args: argv, options, allowPositionals: true });

/** The form of a history table that a file's name ends in. */
export const tableFormOf = (path: string): TableForm | undefined =>
  TABLE_FORMS.find((form) => path.length > form.length + 1 && path.endsWith(`.${form}`));

type Read = (text: string, base: Config) => { config: Config; problems: Problem[] };

/** A JSON object of settings, or a whole record, whose settings count. */
const parseJsonConfig: Read = (json, base) => {
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
  const { format, config } = rest;
  const isRecord = format === 'normscope-record' && typeof config === 'object' && config !== null;
  const completed = complete(isRecord ? (config as Record<string, unknown>) : rest, base);
  const version = versionProblem(v === undefined ? null : String(v));
  return { ...completed, problems: [...version, ...completed.problems] };
};

/** The first lane of a link to the page. */
const readLink: Read = (link, base) => {
  const { configs, problems } = decodeLink(link.slice(link.indexOf('#')), base);
  return { config: configs[0]!, problems };
};

/** The mistakes, without the remedies of a page that goes on: here nothing is changed. */
export const messages = (problems: Problem[]): string =>
  toTell(problems)
    .map(({ message }) => message)
    .join(' ');

/** A configuration from `key=value&…`, a JSON object, or a link to the page; it says what differs from `base`. */
export function readConfig(typed: string, base = DEFAULTS): Config {
  const text = typed.trim();
  const read: Read = /^[{["]/.test(text) ? parseJsonConfig : text.includes('#') ? readLink : decode;
  const { config, problems } = read(text, base);
  if (problems.length) throw new BadInput(messages(problems));
  return config;
}

/** The settings that a weights file was saved with. */
export function readSettings(path: string, bytes: Uint8Array): Config {
  const own = settingsIn(bytes);
  if (!own) throw new BadInput(`--weights-settings: ${path} names no settings.`);
  const said = messages(own.problems);
  if (said) throw new BadInput(`--weights-settings: ${path}: ${said}`);
  return own.config;
}

const isTransposing = (text: string): text is Transposing => text === 'fitting' || text === 'all';

/** The options on how a weights file is read, checked. */
export function checkWeightsOptions({
  weights,
  weightsSettings,
  transpose,
}: Pick<Arguments, 'weights' | 'weightsSettings'> & { transpose: string | undefined }): Pick<
  Arguments,
  'weights' | 'weightsSettings' | 'transpose'
> {
  if (transpose !== undefined && !isTransposing(transpose)) {
    throw new BadInput(`--transpose is “${shortened(transpose)}”; it must be fitting or all.`);
  }
  if (weights === null && (weightsSettings || transpose !== undefined)) {
    throw new BadInput(
      '--weights-settings and --transpose are about a file, and --weights is missing.',
    );
  }
  return { weights, weightsSettings, transpose };
}

/** A whole number of at least `least`. */
export function readCount(option: string, typed: string, least: number): number {
  if (!/^\d+$/.test(typed) || Number(typed) < least || !Number.isSafeInteger(Number(typed))) {
    throw new BadInput(
      `${option} is “${shortened(typed)}”; it must be a whole number from ${least}.`,
    );
  }
  return Number(typed);
}

export function readArguments(argv: string[]): Arguments {
  const {
    out = '',
    text = null,
    weights = null,
    from = null,
    transpose,
    ...rest
  } = parseOptions(argv, OPTIONS);
  const { help, config, backend, events = null, 'weights-settings': weightsSettings } = rest;
  const { 'save-checkpoint': saveCheckpoint = null, history = null } = rest;
  if (!help && out === '') throw new BadInput('--out is missing: the folder to write to.');
  const steps = readCount('--steps', rest.steps, 1);
  const at = rest.at === undefined ? null : readCount('--at', rest.at, 0);
  if (!isNodeBackend(backend)) {
    const allowed = NODE_BACKEND_IDS.join(' or ');
    throw new BadInput(`--backend is “${shortened(backend)}”; it must be ${allowed}.`);
  }
  const ofWeights = checkWeightsOptions({ weights, weightsSettings, transpose });
  if (weights !== null && from !== null) {
    throw new BadInput(
      '--weights and --from are two beginnings: a checkpoint has weights of its own.',
    );
  }
  if (at !== null && saveCheckpoint === null) {
    throw new BadInput('--at is about a checkpoint, and --save-checkpoint is missing.');
  }
  if (saveCheckpoint === '') throw new BadInput('--save-checkpoint is empty: the file to write.');
  if (history !== null && !tableFormOf(history)) {
    const forms = TABLE_FORMS.map((form) => `.${form}`).join(' or ');
    throw new BadInput(
      `--history is “${shortened(history)}”; it must be the name of a file that ends in ${forms}.`,
    );
  }
  const files = { text, ...ofWeights, from, saveCheckpoint, history };
  return { help, config, steps, backend, out, events, at, ...files };
}

const fromRoot = (path: string): URL => new URL(`../../${path}`, import.meta.url);
export const appVersion = async (): Promise<string> =>
  (JSON.parse(await readFile(fromRoot('package.json'), 'utf8')) as { version: string }).version;
/** The text that the page has for task text. */
export const appText = (): Promise<string> => readFile(fromRoot('public/text/opticks.txt'), 'utf8');

export async function readBytes(option: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new BadInput(`${option} cannot be read: ${(error as Error).message}.`);
  }
}

/** A text to learn from, checked as the page checks it. */
export async function readText(option: string, path: string): Promise<string> {
  const bytes = await readBytes(option, path);
  const decoded = decodeText(path, bytes);
  const checked = 'value' in decoded ? checkText(path, decoded.value) : decoded;
  const what = described(recognize(...endsOf(bytes, bytes.length))) ?? '';
  if ('problem' in checked) throw new BadInput(`${option}: ${checked.problem} ${what}`);
  if (what) throw new BadInput(`${option}: ${path} is no text to learn from. ${what}`);
  return checked.value;
}

/** The flag that takes a file, by what the file is. */
const TAKEN_BY: Partial<Record<Recognized['kind'], string>> = {
  settings: ' --config takes settings.',
  record: ' --config takes settings.',
  weights: ' --weights starts from it.',
  checkpoint: ' --from goes on from it.',
};

/** The bytes of a file that is wanted for something; one that is plainly something else is refused by its name. */
async function readWanted(
  [option, path]: [string, string],
  wanted: string,
  isWanted: (found: Recognized) => boolean,
): Promise<Uint8Array> {
  const bytes = await readBytes(option, path);
  const found = recognize(...endsOf(bytes, bytes.length));
  const what = isWanted(found) ? null : described(found);
  if (!what) return bytes;
  throw new BadInput(`${option}: ${path} is no ${wanted}. ${what}${TAKEN_BY[found.kind] ?? ''}`);
}

export const readWeightsFile = (option: string, path: string): Promise<Uint8Array> =>
  readWanted([option, path], 'weights file', holdsWeights);

export const readCheckpointFile = (option: string, path: string): Promise<Uint8Array> =>
  readWanted([option, path], 'checkpoint', ({ kind }) => kind === 'checkpoint');

/** Makes the folder and tries to write to it, before a long run is begun. */
export async function prepareFolder(option: string, path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    const probe = join(path, `.normscope-${process.pid}`);
    await (await open(probe, 'w')).close();
    await rm(probe);
  } catch (error) {
    throw new BadInput(`${option} cannot be written to: ${(error as Error).message}.`);
  }
}

/** The same for a file, which is not a folder. */
export async function prepareFile(option: string, path: string): Promise<void> {
  await prepareFolder(option, dirname(path));
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) throw new BadInput(`${option} cannot be written: ${path} is a folder.`);
}
