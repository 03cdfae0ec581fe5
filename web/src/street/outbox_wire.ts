import { ask } from '../shared/api';
import type { Shot, Wire } from './outbox';

/** How the outbox reaches the server: the same from the page and from the service worker behind a closed page. */

/** The lock that whoever sends holds, and the name under which background sync is asked for. */
export const OUTBOX = 'yilu-outbox';

/** After so long without an answer the act waits for its next turn; the server knows its id. */
const ACT_PATIENCE_MS = 30_000;

export const wire: Wire = {
  photograph: (shot: Shot) =>
    ask<{ name: string }>(`/photographs/${shot.id}`, { method: 'PUT', body: shot.blob }).then(
      kept => kept.name,
    ),
  post: (path, body) => ask(path, { method: 'POST', body, patience_ms: ACT_PATIENCE_MS }),
};
