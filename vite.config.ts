import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig, type Connect, type Plugin } from 'vite';

interface PolicyOptions {
  /** Of a page that may be framed. */
  embedded?: boolean;
  /** The development server injects inline scripts and styles and talks over a web socket. */
  development?: boolean;
  /** `frame-ancestors` means something in a header only. */
  inMeta?: boolean;
}

export function contentSecurityPolicy({
  development,
  inMeta,
  embedded,
}: PolicyOptions = {}): string {
  const directives: Record<string, string> = {
    'default-src': "'self'",
    'script-src': "'self' 'wasm-unsafe-eval'",
    'worker-src': "'self' blob:",
    'style-src': "'self'",
    // Formulas come from KaTeX as markup that positions itself with style attributes.
    'style-src-attr': "'unsafe-inline'",
    'img-src': "'self' data: blob:",
    'font-src': "'self'",
    'connect-src': "'self' blob: data:",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
  };
  if (development) {
    directives['script-src'] += " 'unsafe-inline'";
    directives['style-src'] += " 'unsafe-inline'";
    directives['connect-src'] += ' ws: wss:';
  }
  if (!inMeta && !embedded) directives['frame-ancestors'] = "'none'";
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** A static host sends no headers of ours, so the built page carries the policy itself. */
function cspMeta(): Plugin {
  return {
    name: 'normscope:csp-meta',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: {
          'http-equiv': 'Content-Security-Policy',
          content: contentSecurityPolicy({ inMeta: true }),
        },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/**
 * Headers of what is served. Cross-origin isolation gives finer timers for the step times, shared memory for a backend with
 * threads, and measurements of the page's memory. A page with `?embed=1` may stand in another one's frame, and no other may.
 */
export function headersOf(url: string, development = false): Record<string, string> {
  const embedded = new URL(url, 'http://localhost').searchParams.get('embed') === '1';
  return {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': embedded ? 'cross-origin' : 'same-origin',
    'Content-Security-Policy': contentSecurityPolicy({ development, embedded }),
  };
}

/** Both servers send the headers that a host should. */
function headers(): Plugin {
  const sending = (development: boolean): Connect.NextHandleFunction => {
    return ({ url }, response, next) => {
      for (const [name, value] of Object.entries(headersOf(url ?? '/', development)))
        response.setHeader(name, value);
      next();
    };
  };
  return {
    name: 'normscope:headers',
    configureServer: ({ middlewares }) => void middlewares.use(sending(true)),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(sending(false)),
  };
}

interface Graph {
  getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null;
}

/** Names the chunk of the modules that the page cannot start without; the rest is divided as ever. */
function initialPart() {
  const known = new Map<string, boolean>();
  const isInitial = (id: string, graph: Graph): boolean => {
    const before = known.get(id);
    if (before !== undefined) return before;
    // Circles of imports end here.
    known.set(id, false);
    const info = graph.getModuleInfo(id);
    // A list of all of a library's parts imports also those that nothing on the page does.
    const importers = info?.importers.filter((by) => !by.includes('/radix-ui/')) ?? [];
    const found = !!info?.isEntry || importers.some((by) => isInitial(by, graph));
    known.set(id, found);
    return found;
  };
  return (id: string, graph: Graph) => (isInitial(id, graph) ? 'page' : null);
}

/** The whole build is kept by a service worker, and the page can be installed. */
const offline = () =>
  VitePWA({
    // A newer version waits: none ends a run.
    registerType: 'prompt',
    injectRegister: false,
    manifest: {
      name: 'Normscope',
      short_name: 'Normscope',
      description: 'An oscilloscope for transformers: what normalization does to a real stack.',
      theme_color: '#0e1116',
      background_color: '#0e1116',
      display: 'standalone',
      icons: [
        { src: 'favicon.svg', sizes: 'any', type: 'image/svg+xml' },
        { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
      ],
    },
    workbox: {
      globPatterns: ['**/*'],
      // Fonts in forms that no browser with WebAssembly needs.
      globIgnores: ['**/*.{ttf,woff}', 'sw.js'],
      maximumFileSizeToCacheInBytes: 8_000_000,
      // The query is read by the page; a page to be embedded has headers of its own, and comes from its host.
      ignoreURLParametersMatching: [/^(?!embed$)/],
      navigateFallback: null,
      cleanupOutdatedCaches: true,
      // The first visit is served too: its network may go while it is open.
      clientsClaim: true,
      inlineWorkboxRuntime: true,
    },
  });

/** The version that records name. */
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

export default defineConfig({
  define: { 'import.meta.env.APP_VERSION': JSON.stringify(version) },
  // Relative addresses: the build can be put into any folder of any host.
  base: './',
  // One page and nothing else: a file that is missing is a 404, never the page under its name.
  appType: 'mpa',
  plugins: [react(), cspMeta(), headers(), offline()],
  worker: { format: 'es' },
  // Named here because the worker is found late: else the development server reloads the first page.
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgl',
      '@tensorflow/tfjs-backend-webgpu',
    ],
  },
  server: {
    port: 5173,
  },
  preview: {
    port: 4173,
  },
  build: {
    target: 'es2023',
    // Fonts and wasm stay files: the policy knows no data: address for either.
    assetsInlineLimit: 0,
    // TensorFlow.js with its backends lives in the worker, off the page's critical path.
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      checks: { pluginTimings: false },
      // One file compresses better than ten: what the page starts with is not cut up by what comes later and shares it.
      output: { codeSplitting: { groups: [{ name: initialPart() }] } },
    },
  },
});
