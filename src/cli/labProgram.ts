import { unknown } from '../lib/words';
import { BadInput } from './input';
import { checkLabs } from './labCheck';
import { runLab } from './labRun';

/** A word that the command line begins with, and what it does with the rest. */
interface Command {
  usage: string;
  run(argv: string[]): Promise<void>;
}

const COMMANDS: Record<string, Command> = {
  check: {
    usage: `  check FILE…   reads labs and prints FILE:LINE: reason for each mistake; exit code 1 where there is one`,
    run: checkLabs,
  },
  run: {
    usage: `  run FILE      does a lab without a browser, and says what is not as it should be; run --help says more`,
    run: runLab,
  },
};

const USAGE = `Usage: npm run --silent lab -- COMMAND …

${Object.values(COMMANDS)
  .map(({ usage }) => usage)
  .join('\n')}
`;

/** Does what the first word of a command line says; throws BadInput for anything wrong with it. */
export async function lab(argv: string[]): Promise<void> {
  const [word, ...rest] = argv;
  if (word === undefined || word === '--help') {
    process.stdout.write(USAGE);
    if (word === undefined) process.exitCode = 2;
    return;
  }
  if (!Object.hasOwn(COMMANDS, word))
    throw new BadInput(`${unknown(word, 'command of lab', Object.keys(COMMANDS))}.`);
  await COMMANDS[word]!.run(rest);
}
