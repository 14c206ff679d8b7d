import { runAsProgram } from './exit';
import { exportPytorch } from './pytorch';

await runAsProgram(exportPytorch);
