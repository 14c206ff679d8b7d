import { claims } from './claimsProgram';
import { runAsProgram } from './exit';

await runAsProgram(claims);
