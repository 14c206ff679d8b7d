import { runAsProgram } from './exit';
import { record } from './run';

await runAsProgram(record);
