/// <reference lib="webworker" />
/** Lets the phone's page start without a network. Reports and acts wait in the page's own outbox, not here. */

const worker = self as unknown as ServiceWorkerGlobalScope;
const CACHE = 'yilu-1';
const SHELL = '/street';
/** Small lists that a task is read with; the newest that was seen serves when the network is gone. */
const LISTS = ['/api/v1/classification', '/api/v1/streets', '/api/v1/district'];

worker.addEventListener('install', event => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then(cache => cache.add(SHELL))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', event => {
  event.waitUntil(
    caches
      .keys()
      .then(names => Promise.all(names.filter(name => name !== CACHE).map(name => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

async function keptOrFetched(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}

async function freshOrKept(request: Request, key: RequestInfo = request): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await cache.put(key, fresh.clone());
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
  if (address.pathname.startsWith('/assets/')) event.respondWith(keptOrFetched(request));
  else if (address.pathname === SHELL) event.respondWith(freshOrKept(request, SHELL));
  else if (LISTS.includes(address.pathname)) event.respondWith(freshOrKept(request));
});
