import { existsSync } from 'node:fs';

import { findChromium } from './chromium';

/** Runs once before the browser tests: an installation must not eat into the time of a test. */
export default function setup() {
  if (!existsSync('dist/index.html')) {
    throw new Error('There is no build in dist/ to test. Run `npm run build` first.');
  }
  process.env.CHROME_PATH = findChromium();
}
