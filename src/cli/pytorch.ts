import { join } from 'node:path';
import { readsText, type Config } from '../config/fields';
import { openNodeBackend } from '../engine/nodeBackend';
import { createSession } from '../engine/session';
import { moduleName, obstacles, script } from '../pytorch/script';
import { atSize } from '../pytorch/size';
import { makeTask, TextError } from '../tasks';
import { startFrom } from './beginning';
import {
  appText,
  BadInput,
  checkWeightsOptions,
  parseOptions,
  prepareFolder,
  readConfig,
  readSettings,
  readText,
  readWeightsFile,
} from './input';
import { createStatusLine, type Terminal } from './statusLine';
import { writeAll, type Output } from './writeAll';

const USAGE = `Usage: npm run --silent export:pytorch -- --out DIR [options]

Writes a configuration as one PyTorch script, DIR/<name>.py, and beside it what it reads: text.txt for task text, and
weights.safetensors where weights are given. The script needs PyTorch alone; what it measures, it writes as a record.

  --config SETTINGS   what differs from the defaults: 'placement=post&n_layers=6', the same as a JSON
                      object, or a link to the page
  --size SIZES        sizes that the engine need not be able to hold:
                      'n_layers=96&d_model=4096&n_heads=32&seq_len=2048&batch_size=512'
  --out DIR           where to write; made if it is not there
  --text FILE         a UTF-8 text for task text, instead of the app's own
  --weights FILE      a safetensors file that the script starts from, instead of drawing its weights
  --weights-settings  takes the settings that this file was saved with; --config says what differs
  --transpose WHICH   which matrices of the file are [out, in]: fitting (those that fit no other way) or
                      all (every square linear map too)
  --help              this text
`;

const VALUE = { type: 'string' } as const;
const FLAG = { type: 'boolean', default: false } as const;
const OPTIONS = {
  config: { ...VALUE, default: '' },
  size: { ...VALUE, default: '' },
  out: { ...VALUE, default: '' },
  text: VALUE,
  weights: VALUE,
  'weights-settings': FLAG,
  transpose: VALUE,
  help: FLAG,
} as const;

/** The text that a script learns from, where it does; one that cannot be used is refused. */
async function textOf(config: Config, path: string | undefined): Promise<string | null> {
  const own = path === undefined ? null : await readText('--text', path);
  if (!readsText(config)) return null;
  const text = own ?? (await appText());
  try {
    makeTask(config, text);
  } catch (error) {
    if (error instanceof TextError) throw new BadInput(error.message);
    throw error;
  }
  return text;
}

/**
 * Writes the script of a command line and the files that it reads, and prints its path. Throws BadInput for anything
 * wrong with the command line or its files, and for settings that cannot be written as PyTorch, which it names.
 */
export async function exportPytorch(
  argv: string[],
  terminal: Terminal = process.stderr,
): Promise<void> {
  const { weights: path = null, transpose, ...rest } = parseOptions(argv, OPTIONS);
  if (rest.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (rest.out === '') throw new BadInput('--out is missing: the folder to write to.');
  const ofWeights = checkWeightsOptions({
    ...{ weights: path, transpose },
    weightsSettings: rest['weights-settings'],
  });
  const bytes = path === null ? null : await readWeightsFile('--weights', path);
  const base = ofWeights.weightsSettings ? readSettings(path!, bytes!) : undefined;
  const sized = atSize(readConfig(rest.config, base), rest.size);
  if ('problem' in sized) throw new BadInput(`--size: ${sized.problem}`);
  const { config } = sized;
  if (rest.size !== '' && path !== null) {
    throw new BadInput('--size and --weights cannot go together: the engine reads the weights.');
  }
  const hindrances = obstacles(config).map(({ setting, reason }) => `${setting}: ${reason}`);
  if (hindrances.length) {
    throw new BadInput(`This cannot be written as PyTorch. ${hindrances.join(' ')}`);
  }
  const text = await textOf(config, rest.text);

  const files: Output[] = [['--out', join(rest.out, `${moduleName(config)}.py`), script(config)]];
  if (text !== null) files.push(['--out', join(rest.out, 'text.txt'), text]);
  if (bytes) {
    await openNodeBackend('wasm');
    const session = createSession(config, text ?? '');
    try {
      startFrom(session, path!, bytes, ofWeights, createStatusLine(terminal).say);
      const weights = await session.saveWeights();
      files.push(['--out', join(rest.out, 'weights.safetensors'), weights]);
    } finally {
      session.dispose();
    }
  }
  await prepareFolder('--out', rest.out);
  await writeAll(files);
  process.stdout.write(`${files[0]![1]}\n`);
}
