import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseAst } from 'vite';
import { expect, test } from 'vitest';

const DIST = resolve(import.meta.dirname, '../../dist');

/** What the page may load before its first picture, in bytes, compressed as servers do. */
const LIMIT = 200_000;

/** The files that a built module cannot start without. */
function importsOf(file: string): string[] {
  const { body } = parseAst(readFileSync(file, 'utf8'));
  return body.flatMap((node) => {
    const source = 'source' in node ? node.source : null;
    return source ? [join(dirname(file), String(source.value))] : [];
  });
}

/** The page's scripts, and all that these import from the first line on. */
function initialScripts(): string[] {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8');
  const entries = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, at]) =>
    join(DIST, at!),
  );
  const found = new Set<string>();
  const follow = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    importsOf(file).forEach(follow);
  };
  entries.forEach(follow);
  return [...found];
}

test('what loads before the first picture is light', () => {
  const scripts = initialScripts();
  const sizes = scripts.map((file) => gzipSync(readFileSync(file)).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`${scripts.length} scripts before the first picture, ${total} bytes compressed`);
  // React alone is more than this: less would mean that nothing was found.
  expect(total).toBeGreaterThan(60_000);
  expect(total).toBeLessThanOrEqual(LIMIT);
});

test('the engine and the equations are not among it', () => {
  const text = initialScripts()
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  expect(text).toContain('Normscope');
  expect(text).not.toContain('registerBackend');
  expect(text).not.toContain('KaTeX parse error');
});
