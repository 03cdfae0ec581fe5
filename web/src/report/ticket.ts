import { ACT_PATIENCE_MS, ask } from '../shared/api';
import { leadingZeros, sha256 } from './sha256';

/** What lets a page report without an account: a sum, done by itself while the person types. */

interface Puzzle {
  puzzle: string;
  bits: number;
}
interface Ticket {
  ticket: string;
  expires_at: string;
}

const SLICE_MS = 12;
const EARLIER_MS = 60_000;

/** Do the sum in small slices, so that nothing else on the page waits for it. */
export async function solve({ puzzle, bits }: Puzzle): Promise<number> {
  for (let answer = 0; ; ) {
    const until = performance.now() + SLICE_MS;
    do {
      if (leadingZeros(sha256(`${puzzle}:${answer}`)) >= bits) return answer;
      answer += 1;
    } while (performance.now() < until);
    await new Promise(resolve => setTimeout(resolve));
  }
}

async function earn(): Promise<Ticket> {
  const puzzle = await ask<Puzzle>('/resident/puzzle', { patience_ms: ACT_PATIENCE_MS });
  const answer = await solve(puzzle);
  return ask<Ticket>('/resident/tickets', {
    method: 'POST',
    body: { puzzle: puzzle.puzzle, answer },
    patience_ms: ACT_PATIENCE_MS,
  });
}

let held: Promise<Ticket> | null = null;

/** Begin to earn a ticket, so that there is one when it is needed. */
export function prepareTicket(): void {
  held ??= earn();
  held.catch(() => {
    held = null;
  });
}

/** The ticket in hand, or a new one; it stays in hand until it is spent. */
export async function ticketInHand(): Promise<string> {
  const now = Date.now();
  const before = await held?.catch(() => null);
  if (before && Date.parse(before.expires_at) > now + EARLIER_MS) return before.ticket;
  held = null;
  prepareTicket();
  return (await (held as unknown as Promise<Ticket>)).ticket;
}

/** The server has it, or does not know it any more. */
export function dropTicket(): void {
  held = null;
}
