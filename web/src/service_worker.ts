/// <reference lib="webworker" />
/**
 * Lets a page start without a network: the phone's, and with `?page=report` in the worker's own address the
 * residents'. Reports and acts wait in the page's own outbox; from here they go out when the page is closed.
 */

import { wholeAnswer } from './shared/whole_answer';
import { sendInBackground } from './street/background_send';
import type { MapKept } from './street/keep_map';
import { keptPhotograph, PHOTOGRAPHS } from './street/keep_photographs';
import { OUTBOX } from './street/outbox_wire';

/** Written by the build: what each page needs to start, and what the phone's map needs besides. */
declare const __SHELLS__: Record<string, string[]>;
declare const __MAP_FILES__: string[];

const worker = self as unknown as ServiceWorkerGlobalScope;
/** Files that carry a hash, and tiles that carry a version, never change: they outlive a release. */
const KEPT = 'yilu-kept';
const SHELL = `/${new URL(location.href).searchParams.get('page') ?? 'street'}`;
/** Small lists that a page is read with; the newest that was seen serves when the network is gone. */
const LISTS_OF: Record<string, string[]> = {
  '/street': ['/api/v1/classification', '/api/v1/streets?limit=1000', '/api/v1/district'],
  '/report': ['/api/v1/classification', '/api/v1/resident/form', '/api/v1/district'],
};
const LISTS = LISTS_OF[SHELL] ?? [];
const MOST_TILES = 6000;
/** A network that is there and carries nothing must not hold up what is on the phone already, nor the map. */
const LIST_PATIENCE_MS = 6_000;
const TILE_PATIENCE_MS = 20_000;
const SIDE_BY_SIDE = 4;

const after = (pause_ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, pause_ms));

worker.addEventListener('install', event => {
  event.waitUntil(
    caches
      .open(KEPT)
      .then(cache => cache.add(SHELL))
      .then(() => keepEach(__SHELLS__[SHELL] ?? []))
      .then(({ kept, of }) => {
        if (kept < of) throw new Error(`${of - kept} files of the page could not be kept`);
        // Whoever has not signed in yet does not get all of them; they are kept when they are read.
        return keepEach(LISTS);
      })
      .then(() => worker.skipWaiting()),
  );
});

/** What this release does not name any more goes; tiles stay until there are too many. */
async function clear(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name !== KEPT && name !== PHOTOGRAPHS) await caches.delete(name);
  }
  const cache = await caches.open(KEPT);
  const named = new Set([...Object.values(__SHELLS__).flat(), ...__MAP_FILES__]);
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
  const { keep } = event.data as { keep?: string[] };
  const { source } = event;
  if (!keep || !source) return;
  const tell = (mapKept: MapKept) => source.postMessage({ mapKept });
  keeping = keeping.then(() => keepEach([...LISTS, ...__MAP_FILES__, ...keep], tell)).then(tell);
  event.waitUntil(keeping);
});

/** One wish after the other: what was asked for last is told last. */
let keeping = Promise.resolve();

/** Keep what is not kept yet; one that fails does not keep the rest from being fetched. */
async function keepEach(
  addresses: readonly string[],
  tell: (far: MapKept) => void = () => undefined,
): Promise<MapKept> {
  const cache = await caches.open(KEPT);
  const left = [...addresses];
  let kept = 0;
  const lane = async () => {
    for (let address = left.shift(); address !== undefined; address = left.shift()) {
      if (await isKept(cache, address)) kept += 1;
      if (kept % 20 === 0) tell({ kept, of: addresses.length });
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  return { kept, of: addresses.length };
}

async function isKept(cache: Cache, address: string): Promise<boolean> {
  if (await cache.match(address)) return true;
  try {
    const fresh = await wholeAnswer(address);
    if (fresh.ok) await cache.put(address, fresh);
    return fresh.ok;
  } catch {
    return false;
  }
}

/** Fetch it, and keep what came; a full phone still shows what it fetched. */
async function fetchAndKeep(cache: Cache, request: Request, key: RequestInfo = request): Promise<Response> {
  const fresh = await wholeAnswer(request);
  if (fresh.ok) await cache.put(key, fresh.clone()).catch(() => undefined);
  return fresh;
}

/** The network is back, and the page may be closed by now. */
worker.addEventListener('sync', event => {
  const { tag } = event as ExtendableEvent & { tag: string };
  if (tag === OUTBOX) (event as ExtendableEvent).waitUntil(sendInBackground());
});

async function keptOrFetched(request: Request): Promise<Response> {
  const cache = await caches.open(KEPT);
  return (await cache.match(request)) ?? fetchAndKeep(cache, request);
}

/** A tile that was never seen is empty while there is no network: the map shows what it has, and says nothing. */
async function tile(request: Request): Promise<Response> {
  const empty = () => new Response(new ArrayBuffer(0));
  return Promise.race([keptOrFetched(request).catch(empty), after(TILE_PATIENCE_MS).then(empty)]);
}

async function freshOrKept(request: Request, key: RequestInfo = request): Promise<Response> {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(key);
  const fresh = fetchAndKeep(cache, request, key);
  if (!kept) return fresh;
  return Promise.race([fresh.catch(() => kept), after(LIST_PATIENCE_MS).then(() => kept)]);
}

worker.addEventListener('fetch', event => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== location.origin) return;
  const isAsset = address.pathname.startsWith('/assets/') || address.pathname.startsWith('/icons/');
  const isTile = address.pathname.startsWith('/tiles/') && address.searchParams.has('v');
  const isPhotograph = address.pathname.startsWith('/api/v1/photographs/');
  if (isTile) event.respondWith(tile(request));
  else if (isPhotograph) event.respondWith(keptPhotograph(request));
  else if (isAsset) event.respondWith(keptOrFetched(request));
  else if (address.pathname === SHELL) event.respondWith(freshOrKept(request, SHELL));
  else if (LISTS.includes(address.pathname + address.search)) event.respondWith(freshOrKept(request));
});
