import { ask } from '../shared/api';
import type { Session } from '../shared/session';
import { flush } from './outbox';
import { OUTBOX, wire } from './outbox_wire';
import { phoneShelf } from './shelf';

/**
 * Send what waits while the page is closed. Nothing goes out under another's name. A page that is open sends
 * itself, and so does one that is just closing: its turn is waited for, since it may be cut off in the middle,
 * and the browser does not call again where this ends well. Throws where something could not be sent: the
 * browser then tries again later.
 */
export async function sendInBackground(): Promise<void> {
  const { signed_in, account } = await ask<Session>('/session');
  if (!signed_in || !account) return;
  await navigator.locks.request(OUTBOX, async () => {
    await flush(phoneShelf, wire, account);
    const left = (await phoneShelf.all()).filter(one => !one.refused && !one.kept && one.account === account);
    if (left.length > 0) throw new Error(`${left.length} could not be sent yet`);
  });
}
