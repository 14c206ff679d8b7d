import { runAsProgram } from './exit';
import { grade } from './gradeProgram';

await runAsProgram(grade);
