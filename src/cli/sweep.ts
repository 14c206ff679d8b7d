import { runAsProgram } from './exit';
import { sweep } from './sweepProgram';

await runAsProgram(sweep);
