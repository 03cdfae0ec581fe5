import { ask, Problem, problemIn, wholeJson } from '../shared/api';
import type { Shot, Wire } from './outbox';

/** How the outbox reaches the server: the same from the page and from the service worker behind a closed page. */

/** The lock that whoever sends holds, and the name under which background sync is asked for. */
export const OUTBOX = 'yilu-outbox';

export const wire: Wire = {
  async photograph(shot: Shot) {
    const response = await fetch(`/api/v1/photographs/${shot.id}`, {
      method: 'PUT',
      headers: { 'content-type': shot.blob.type || 'image/jpeg' },
      body: shot.blob,
      credentials: 'same-origin',
    }).catch(() => {
      throw new Problem(0, {});
    });
    if (!response.ok) throw await problemIn(response);
    return ((await wholeJson(response)) as { name: string }).name;
  },
  post: (path, body) => ask(path, { method: 'POST', body }),
};
