/// <reference lib="webworker" />
/** Lets the phone's page start without a network. Reports and acts wait in the page's own outbox, not here. */

/** Written by the build: what the phone's page needs to start, and what its map needs besides. */
declare const __SHELL_FILES__: string[];
declare const __MAP_FILES__: string[];

const worker = self as unknown as ServiceWorkerGlobalScope;
/** Files that carry a hash, and tiles that carry a version, never change: they outlive a release. */
const KEPT = 'yilu-kept';
const SHELL = '/street';
/** Small lists that a task is read with; the newest that was seen serves when the network is gone. */
const LISTS = ['/api/v1/classification', '/api/v1/streets', '/api/v1/district'];
const MOST_TILES = 3000;

async function keepAll(addresses: readonly string[]): Promise<void> {
  const cache = await caches.open(KEPT);
  for (const address of addresses) {
    if (!(await cache.match(address))) await cache.add(address);
  }
}

worker.addEventListener('install', event => {
  event.waitUntil(
    caches
      .open(KEPT)
      .then(cache => cache.add(SHELL))
      .then(() => keepAll(__SHELL_FILES__))
      .then(() => worker.skipWaiting()),
  );
});

/** What this release does not name any more goes; tiles stay until there are too many. */
async function clear(): Promise<void> {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  const cache = await caches.open(KEPT);
  const named = new Set([...__SHELL_FILES__, ...__MAP_FILES__]);
  const tiles: Request[] = [];
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/tiles/')) tiles.push(request);
    else if (pathname.startsWith('/assets/') && !named.has(pathname)) await cache.delete(request);
  }
  for (const tile of tiles.slice(0, Math.max(0, tiles.length - MOST_TILES))) await cache.delete(tile);
}

worker.addEventListener('activate', event => {
  event.waitUntil(clear().then(() => worker.clients.claim()));
});

/** The page asks for this once somebody is on shift: the map is large, and then it has to be at hand. */
worker.addEventListener('message', event => {
  const asked = event.data as { keep?: string[] } | null;
  if (asked?.keep) event.waitUntil(keepAll([...__MAP_FILES__, ...asked.keep]).catch(() => undefined));
});

async function keptOrFetched(request: Request): Promise<Response> {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  // A full phone still shows what it fetched.
  if (fresh.ok) await cache.put(request, fresh.clone()).catch(() => undefined);
  return fresh;
}

/** A tile that was never seen is empty while there is no network: the map shows what it has, and says nothing. */
async function tile(request: Request): Promise<Response> {
  return keptOrFetched(request).catch(() => new Response(new ArrayBuffer(0)));
}

async function freshOrKept(request: Request, key: RequestInfo = request): Promise<Response> {
  const cache = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await cache.put(key, fresh.clone()).catch(() => undefined);
    return fresh;
  } catch (error) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw error;
  }
}

worker.addEventListener('fetch', event => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== location.origin) return;
  const isKept = address.pathname.startsWith('/assets/') || address.pathname.startsWith('/icons/');
  const isTile = address.pathname.startsWith('/tiles/') && address.searchParams.has('v');
  if (isTile) event.respondWith(tile(request));
  else if (isKept) event.respondWith(keptOrFetched(request));
  else if (address.pathname === SHELL) event.respondWith(freshOrKept(request, SHELL));
  else if (LISTS.includes(address.pathname)) event.respondWith(freshOrKept(request));
});
