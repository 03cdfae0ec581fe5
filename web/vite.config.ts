import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const here = import.meta.dirname;

const pageNames = readdirSync(here)
  .filter(name => name.endsWith('.html'))
  .map(name => basename(name, '.html'));

/** Every `web/<page>.html` is a page of its own; the one service worker, where there is one, goes with them. */
function entries(): Record<string, string> {
  const found = Object.fromEntries(pageNames.map(name => [name, resolve(here, `${name}.html`)]));
  const worker = resolve(here, 'src/service_worker.ts');
  return existsSync(worker) ? { ...found, 'service-worker': worker } : found;
}

/**
 * The script that runs before the first paint must be a plain one, which Vite leaves alone: give it a name with
 * a hash like every other asset, for those are kept for ever by browsers.
 */
function earlyScript(): Plugin {
  const source = readFileSync(resolve(here, 'src/shared/early.js'), 'utf8');
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 8);
  const fileName = `assets/early-${hash}.js`;
  return {
    name: 'early-script',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'asset', fileName, source });
    },
    transformIndexHtml: () => [{ tag: 'script', attrs: { src: `/${fileName}` }, injectTo: 'head-prepend' }],
  };
}

/** Every browser that can draw the map reads woff2: the woff twins would only double the build. */
const woff2Only: Plugin = {
  name: 'woff2-only',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('@fontsource') || !id.endsWith('.css')) return null;
    return code
      .replaceAll(/,\s*url\([^)]*\.woff\) format\('woff'\)/g, '')
      .replaceAll("'Noto Sans SC'", "'Yilu Noto Sans SC'");
  },
};

/** The pages that start without a network. */
const OFFLINE_PAGES = ['street', 'report'];

/**
 * The service worker keeps what these pages start with, and the phone's map once that is asked for: both lists are
 * read from the build. The fallback font is for desks, and large: it is kept when it is used.
 */
function workerFiles(): Plugin {
  return {
    name: 'worker-files',
    apply: 'build',
    generateBundle: {
      // After all others: chunks that hold nothing but a style have gone by then.
      order: 'post',
      handler(_, bundle) {
        const chunks = Object.values(bundle).filter(file => file.type === 'chunk');
        const worker = chunks.find(chunk => chunk.name === 'service-worker');
        if (!worker) throw new Error('the build has no service worker');
        const always = Object.keys(bundle).filter(name => name.includes('early-'));
        const map = new Set(Object.keys(bundle).filter(name => name.includes('maplibre-gl-worker')));
        const shells: Record<string, string[]> = {};
        for (const page of OFFLINE_PAGES) {
          const shell = new Set(always);
          const later = page === 'street' ? map : new Set<string>();
          const walk = (fileName: string, into: Set<string>) => {
            const chunk = bundle[fileName];
            if (chunk?.type !== 'chunk' || shell.has(fileName) || into.has(fileName)) return;
            into.add(fileName);
            for (const css of chunk.viteMetadata?.importedCss ?? []) if (!shell.has(css)) into.add(css);
            for (const next of chunk.imports) walk(next, into);
            for (const next of chunk.dynamicImports) if (!next.includes('font')) walk(next, later);
          };
          const entry = chunks.find(chunk => chunk.isEntry && chunk.name === page);
          if (!entry) throw new Error(`the build has no page ${page}`);
          walk(entry.fileName, shell);
          for (const name of shell) later.delete(name);
          shells[`/${page}`] = addressesOf(shell);
        }
        worker.code = worker.code
          .replaceAll('__SHELLS__', JSON.stringify(shells))
          .replaceAll('__MAP_FILES__', JSON.stringify(addressesOf(map)));
      },
    },
  };
}

const addressesOf = (files: Iterable<string>): string[] => [...files].map(name => `/${name}`).sort();

export default defineConfig({
  root: here,
  // Pages lead only to pages that are built.
  define: { __PAGES__: JSON.stringify(pageNames) },
  logLevel: 'warn',
  plugins: [woff2Only, earlyScript(), workerFiles()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: resolve(here, '../api/pages'),
    emptyOutDir: true,
    target: 'es2022',
    // A font or picture inlined as a data: address would need a looser Content-Security-Policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: entries(),
      output: {
        // A service worker must keep its address between releases.
        entryFileNames: chunk => (chunk.name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  // Nothing is timed by its limit: a busy machine may be ten times slower.
  test: { include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'], testTimeout: 60_000 },
} as Parameters<typeof defineConfig>[0]);
