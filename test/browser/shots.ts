/**
 * Screenshots of the built page, to be looked at: both themes, desktop and phone, at rest and after
 * a few seconds of play, as seen and at full length.
 *
 *   npm run shots -- [--name NAME] [--query QUERY] [--hash HASH] [--seconds N] [--webgpu]
 */
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { closeAll, openPage } from './page';

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'page' },
    query: { type: 'string' },
    hash: { type: 'string' },
    seconds: { type: 'string', default: '4' },
    webgpu: { type: 'boolean', default: false },
  },
});

if (!existsSync('dist/index.html')) throw new Error('Nothing in dist/. Run `npm run build` first.');
const folder = resolve('shots');
mkdirSync(folder, { recursive: true });

const problems = new Set<string>();
for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    const opened = await openPage({ ...values, width, height, colorScheme });
    const name = `${values.name}-${colorScheme}-${width}x${height}`;
    const shoot = async (state: string) => {
      const file = `${folder}/${name}-${state}`;
      await opened.page.screenshot({ path: `${file}.png` });
      await opened.page.screenshot({ path: `${file}-full.png`, fullPage: true });
      console.log(`${file}.png`);
    };
    await shoot('rest');
    await opened.page.getByTestId('play').first().click();
    await opened.page.waitForTimeout(Number(values.seconds) * 1000);
    await shoot('play');
    for (const problem of opened.problems) problems.add(problem);
    await opened.close();
  }
}
await closeAll();
for (const problem of problems) console.error(problem);
process.exitCode = problems.size > 0 ? 1 : 0;
