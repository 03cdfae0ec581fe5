import { ACT_PATIENCE_MS, ask } from '../shared/api';
import type { Shot, Wire } from './outbox';

/** How the outbox reaches the server: the same from the page and from the service worker behind a closed page. */

/** The lock that whoever sends holds, and the name under which background sync is asked for. */
export const OUTBOX = 'yilu-outbox';

export const wire: Wire = {
  photograph: (shot: Shot) =>
    ask<{ name: string }>(`/photographs/${shot.id}`, { method: 'PUT', body: shot.blob }).then(
      kept => kept.name,
    ),
  post: (path, body) => ask(path, { method: 'POST', body, patience_ms: ACT_PATIENCE_MS }),
};
