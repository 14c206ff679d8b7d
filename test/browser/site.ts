import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { preview } from 'vite';

const root = resolve(import.meta.dirname, '../..');

export interface Site {
  /** Where the page is, with a slash at its end. */
  url: string;
  close(): Promise<void>;
}

/** The build as `npm start` serves it. */
export async function previewSite(): Promise<Site> {
  const server = await preview({
    root,
    logLevel: 'error',
    preview: { host: '127.0.0.1', port: 4300, strictPort: false, open: false },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** A build as a static host serves it: in some folder, with no headers of ours. */
export async function staticSite(
  folder = '/some/folder/',
  dist = join(root, 'dist'),
): Promise<Site> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const name = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    const file = join(dist, name.slice(folder.length));
    if (!name.startsWith(folder) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${folder}`,
    close: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        server.closeAllConnections();
      }),
  };
}
