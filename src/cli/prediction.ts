import { readsText, type Config } from '../config/fields';
import { estimate } from '../runs/theory/answer';
import { TextError } from '../tasks';
import { appText, BadInput, parseOptions, readConfig, readText } from './input';

const USAGE = `Usage: npm run --silent theory -- [options]

Prints what theory predicts of a model at initialization, and which of its assumptions hold, as JSON:
{"quantities": {"resid_post/rms": [one number for each layer], …}, "assumptions": [{"id", "holds", "brief", "reason"}, …]}

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

/** The text that a configuration reads; empty where it reads none. */
async function textOf(config: Config, path: string | undefined): Promise<string> {
  const own = path === undefined ? null : await readText('--text', path);
  return own ?? (readsText(config) ? appText() : '');
}

/** Prints the theory of the configuration of a command line; throws BadInput for anything wrong with it. */
export async function theory(argv: string[]): Promise<void> {
  const { config: typed, text, help } = parseOptions(argv, OPTIONS);
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const config = readConfig(typed);
  const read = await textOf(config, text);
  try {
    process.stdout.write(`${JSON.stringify(estimate(config, read).prediction)}\n`);
  } catch (error) {
    if (error instanceof TextError) throw new BadInput(error.message);
    throw error;
  }
}
