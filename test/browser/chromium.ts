import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

const minutes = 60_000;

/** Where a Chromium, Chrome or Edge usually is. */
function usualPlaces(): string[] {
  if (process.platform === 'darwin') {
    const programs = [
      'Google Chrome.app/Contents/MacOS/Google Chrome',
      'Chromium.app/Contents/MacOS/Chromium',
      'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
    const folders = ['/Applications', join(homedir(), 'Applications')];
    return programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  }
  if (process.platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
      const folder = process.env[name];
      return folder ? [folder] : [];
    });
    const programs = [
      'Google/Chrome/Application/chrome.exe',
      'Chromium/Application/chrome.exe',
      'Microsoft/Edge/Application/msedge.exe',
    ];
    return programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  }
  const names = [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'chrome',
    'microsoft-edge',
  ];
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
  return names.flatMap((name) => folders.filter(Boolean).map((folder) => join(folder, name)));
}

/** Why this program is no browser, or null if it is one. A package may leave a stub that only fails. */
function fault(program: string): string | null {
  try {
    accessSync(program, constants.X_OK);
    // Asked for its version on Windows, Chrome opens a window instead.
    if (process.platform === 'win32') return null;
    const version = execFileSync(program, ['--version'], {
      encoding: 'utf8',
      timeout: minutes,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /\d+\.\d+/.test(version) ? null : `says '${version.trim()}' when asked for its version`;
  } catch (error) {
    return firstLine(error);
  }
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0]!;
}

/** Runs an installer; what it prints goes to standard error. */
function install(program: string, args: string[]) {
  console.error(`> ${program} ${args.join(' ')}`);
  execFileSync(program, args, {
    stdio: ['ignore', 2, 2],
    timeout: 15 * minutes,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/**
 * The path of a Chromium that runs. Looks for an installed one first, then installs the system's
 * package, then downloads Playwright's build, and throws with the whole story if none can be had.
 */
export function findChromium(): string {
  const tried: string[] = [];

  const named = process.env.CHROME_PATH;
  if (named) {
    const problem = fault(named);
    if (!problem) return named;
    tried.push(`CHROME_PATH: ${problem}`);
    console.error(`CHROME_PATH does not lead to a browser (${problem}); looking elsewhere`);
  } else {
    tried.push('CHROME_PATH: not set');
  }

  const lookAround = () => {
    const places = [...usualPlaces(), chromium.executablePath()].filter((it) => existsSync(it));
    // /bin and /usr/bin are often one folder.
    for (const place of new Set(places.map((it) => realpathSync(it)))) {
      const problem = fault(place);
      if (!problem) return place;
      tried.push(`${place}: ${problem}`);
    }
    return null;
  };
  const found = lookAround();
  if (found) return found;
  tried.push('the usual names and places: no browser that runs');

  const isRoot = process.getuid?.() === 0;
  const hasApt = existsSync('/usr/bin/apt-get');
  if (isRoot && hasApt) {
    try {
      install('apt-get', ['update']);
      install('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
      const installed = lookAround();
      if (installed) return installed;
      tried.push('apt-get install chromium: installed nothing that runs');
    } catch (error) {
      tried.push(`apt-get install chromium: ${firstLine(error)}`);
    }
  } else {
    tried.push(`apt-get install chromium: ${hasApt ? 'needs root' : 'no apt-get here'}`);
  }

  try {
    const cli = join(
      dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
      'cli.js',
    );
    const libraries = isRoot && hasApt ? ['--with-deps'] : [];
    install(process.execPath, [cli, 'install', ...libraries, '--no-shell', 'chromium']);
    const problem = fault(chromium.executablePath());
    if (!problem) return chromium.executablePath();
    tried.push(`playwright-core install chromium: ${problem}`);
  } catch (error) {
    tried.push(`playwright-core install chromium: ${firstLine(error)}`);
  }

  throw new Error(
    [
      'No Chromium for the browser tests. Tried:',
      ...tried.map((line) => `  - ${line}`),
      'Install Chromium or Chrome and, if it is in an unusual place, name it: CHROME_PATH=/path/to/chrome npm test',
    ].join('\n'),
  );
}
