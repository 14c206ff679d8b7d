import { runAsProgram } from './exit';
import { lab } from './labProgram';

await runAsProgram(lab);
