import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { build, defineConfig, type Plugin } from 'vite';

const here = import.meta.dirname;
const OUT = resolve(here, '../api/pages');

const pageNames = readdirSync(here)
  .filter(name => name.endsWith('.html'))
  .map(name => basename(name, '.html'));

/** Every `web/<page>.html` is a page of its own. */
const entries = Object.fromEntries(pageNames.map(name => [name, resolve(here, `${name}.html`)]));

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
function serviceWorker(): Plugin {
  const shells: Record<string, string[]> = {};
  let mapFiles: string[] = [];
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle: {
      // After all others: chunks that hold nothing but a style have gone by then.
      order: 'post',
      handler(_, bundle) {
        const always = Object.keys(bundle).filter(name => name.includes('early-'));
        const map = new Set(Object.keys(bundle).filter(name => name.includes('maplibre-gl-worker')));
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
          const entry = Object.values(bundle).find(
            file => file.type === 'chunk' && file.name === page && file.isEntry,
          );
          if (!entry) throw new Error(`the build has no page ${page}`);
          walk(entry.fileName, shell);
          for (const name of shell) later.delete(name);
          shells[`/${page}`] = addressesOf(shell);
        }
        mapFiles = addressesOf(map);
      },
    },
    closeBundle: () => buildServiceWorker(shells, mapFiles),
  };
}

/** One plain script under an address that stays: old browsers take no modules there. */
async function buildServiceWorker(shells: Record<string, string[]>, mapFiles: string[]): Promise<void> {
  await build({
    configFile: false,
    root: here,
    logLevel: 'warn',
    define: { __SHELLS__: JSON.stringify(shells), __MAP_FILES__: JSON.stringify(mapFiles) },
    build: {
      outDir: OUT,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'es2022',
      reportCompressedSize: false,
      rolldownOptions: {
        input: resolve(here, 'src/service_worker.ts'),
        output: { format: 'iife', entryFileNames: 'service-worker.js' },
      },
    },
  });
}

const addressesOf = (files: Iterable<string>): string[] => [...files].map(name => `/${name}`).sort();

export default defineConfig({
  root: here,
  // Pages lead only to pages that are built.
  define: { __PAGES__: JSON.stringify(pageNames) },
  logLevel: 'warn',
  plugins: [woff2Only, earlyScript(), serviceWorker()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2022',
    // A font or picture inlined as a data: address would need a looser Content-Security-Policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: entries,
    },
  },
  // Nothing is timed by its limit: a busy machine may be ten times slower.
  test: { include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'], testTimeout: 60_000 },
} as Parameters<typeof defineConfig>[0]);
