import { runAsProgram } from './exit';
import { theory } from './prediction';

await runAsProgram(theory);
