/** Checks the import rule on the project itself; `test/imports/rule.test.ts` checks the rule. */
import { readdirSync } from 'node:fs';

import { cruise, folders } from './cruise';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => `src/${name.replaceAll('\\', '/')}`)
  .filter((name) => /\.tsx?$/.test(name));
const { modules, violations } = await cruise();

const problems = violations.map((v) => `${v.rule}: ${v.from} → ${v.to}`);
// A tool that silently read nothing finds nothing wrong.
const read = new Set(modules);
for (const source of sources) if (!read.has(source)) problems.push(`not read: ${source}`);
if (sources.length === 0) problems.push('src/ holds no modules');
for (const source of sources) {
  const folder = source.split('/')[1]!;
  if (!(folder in folders)) problems.push(`outside the folders of the rule: ${source}`);
}

for (const problem of problems) console.error(problem);
console.log(`import rule: ${sources.length} modules, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
