import { readsText, type Config } from '../config/fields';
import { TextError, makeTask } from '../tasks';
import type { Given } from '../theory/input';
import { predict } from '../theory/predict';
import { appText, BadInput, parseOptions, readConfig, readText } from './input';

const USAGE = `Usage: npm run --silent theory -- [options]

Prints what theory predicts of a model at initialization, and which of its assumptions hold, as JSON:
{"quantities": {"resid_post/rms": [one number for each layer], …}, "assumptions": [{"id", "holds", "reason"}, …]}

  --config SETTINGS   what differs from the defaults: 'placement=post&n_layers=6', the same as a JSON
                      object, or a link to the page
  --text FILE         a UTF-8 text for task text, instead of the app's own
  --help              this text
`;

const OPTIONS = {
  config: { type: 'string', default: '' },
  text: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** The batch of step 0, which says where one symbol stands twice; a stack that reads noise has none. */
async function givenOf(config: Config, path: string | undefined): Promise<Given | null> {
  if (config.task === 'gaussian') return null;
  const isAsked = readsText(config);
  const own = path === undefined ? null : await readText('--text', path);
  const text = own ?? (isAsked ? await appText() : '');
  try {
    const task = makeTask(config, text);
    return { batch: task.batch(0), vocabulary: task.vocabulary.length };
  } catch (error) {
    if (error instanceof TextError) throw new BadInput(error.message);
    throw error;
  }
}

/** Prints the theory of the configuration of a command line; throws BadInput for anything wrong with it. */
export async function theory(argv: string[]): Promise<void> {
  const { config: typed, text, help } = parseOptions(argv, OPTIONS);
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const config = readConfig(typed);
  const prediction = predict(config, await givenOf(config, text));
  process.stdout.write(`${JSON.stringify(prediction)}\n`);
}
