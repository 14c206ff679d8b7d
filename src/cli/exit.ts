import { BadInput, oneLine } from './input';

/** Runs a program on its arguments; bad input is one line on standard error and exit code 2. */
export async function runAsProgram(program: (argv: string[]) => Promise<void>): Promise<void> {
  try {
    await program(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    process.stderr.write(`${oneLine(error.message)}\n`);
    process.exitCode = 2;
  }
}
