import { wholeAnswer } from '../shared/whole_answer';

/** Small pictures of what somebody is sent to, for where no network is; the service worker shows them from here. */

export const PHOTOGRAPHS = 'yilu-photographs';

export const thumbnail = (name: string): string => `/api/v1/photographs/${name}?size=thumbnail`;

/** Keep just these: a photograph goes from the phone with the task it belongs to. */
export async function keepPhotographs(names: readonly string[]): Promise<void> {
  if (!('caches' in globalThis)) return;
  const cache = await caches.open(PHOTOGRAPHS);
  const wanted = new Set(names.map(name => new URL(thumbnail(name), location.origin).href));
  for (const { url } of await cache.keys()) if (!wanted.delete(url)) await cache.delete(url);
  for (const url of wanted) {
    const fresh = await wholeAnswer(url).catch(() => null);
    // A full phone shows them while there is a network.
    if (fresh?.ok) await cache.put(url, fresh).catch(() => undefined);
  }
}

/** Whoever has the phone next has no business with them. */
export async function forgetPhotographs(): Promise<void> {
  if ('caches' in globalThis) await caches.delete(PHOTOGRAPHS);
}

/** As kept, or else from the server; for the service worker. */
export async function keptPhotograph(request: Request): Promise<Response> {
  const kept = await caches.match(request, { cacheName: PHOTOGRAPHS });
  return kept ?? fetch(request);
}
