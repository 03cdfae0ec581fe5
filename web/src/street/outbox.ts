import { Problem } from '../shared/api';

/** What was done on the phone and is not yet known to be with the server: kept in order, sent in order. */

export interface Shot {
  id: string;
  blob: Blob;
  /** The server's name for it, once it is there, and since when. */
  name?: string;
  namedAt?: string;
}

export interface Entry {
  id: string;
  /** Order of making: what was done first is sent first. */
  order: number;
  madeAt: string;
  kind: 'finding' | 'step' | 'act' | 'duty';
  /** What the person reads in the list. */
  label: string;
  path: string;
  body: Record<string, unknown>;
  shots: Shot[];
  tries: number;
  /** Whose it is: on a phone that is handed on, nothing goes out under another's name. */
  account?: string | null;
  /** Why the server refused it; it then waits for the person, and the others go on. */
  refused?: Refusal;
  /** A step that came too late: what was seen and done goes to the case as evidence instead. */
  tooLate?: Refusal;
  /** The evidence is with the case; it stays in the list until the person has read why. */
  kept?: boolean;
}

export interface Refusal {
  title: string;
  detail: string;
}

/** Where entries live. The browser's own database in the page; a list in tests. */
export interface Shelf {
  all(): Promise<Entry[]>;
  put(entry: Entry): Promise<void>;
  remove(id: string): Promise<void>;
}

/** How entries reach the server. */
export interface Wire {
  photograph(shot: Shot): Promise<string>;
  post(path: string, body: Record<string, unknown>): Promise<unknown>;
}

export type Sending = 'sent' | 'refused' | 'unreachable';

/** Statuses after which the same request may succeed later. */
const TRY_AGAIN = new Set([401, 408, 425, 429]);
/** Also said by a proxy in between, and no less final. */
const TOO_LARGE = 413;

/**
 * Whether the server itself said no, with its reason. What a half answer, a hotel's sign-in page or a proxy says
 * is no refusal: the same request is made again.
 */
function isRefusal({ status, kind }: Problem): boolean {
  if (status < 400 || status >= 500 || TRY_AGAIN.has(status) || kind === 'lost-race') return false;
  return kind !== '' || status === TOO_LARGE;
}

/** The server forgets photographs that no report names after a day: older uploads are made again. */
const UPLOAD_HOLDS_MS = 12 * 3_600_000;

const isUploaded = ({ name, namedAt }: Shot): boolean =>
  name !== undefined && Date.now() - Date.parse(namedAt ?? '') < UPLOAD_HOLDS_MS;

/** Refusals that say that the case went on without this phone. */
const WENT_ON = new Set([403, 404, 409]);
/** What the person can still put right on the spot is no reason to turn his step into evidence. */
const HIS_OWN = new Set([
  'outcome-not-allowed',
  'no-power-to-enforce',
  'same-id-other-report',
  'not-possible',
]);

/**
 * Send one entry: photographs first, each remembered as soon as the server has it. Nothing leaves the shelf
 * before the server has acknowledged it.
 */
export async function sendEntry(entry: Entry, shelf: Shelf, wire: Wire): Promise<Sending> {
  try {
    for (const shot of entry.shots) {
      if (isUploaded(shot)) continue;
      shot.name = await wire.photograph(shot);
      shot.namedAt = new Date().toISOString();
      await noted(entry, shelf);
    }
    const photographs = entry.shots.map(shot => shot.name);
    const body = photographs.length > 0 ? { ...entry.body, photographs } : entry.body;
    await wire.post(entry.path, body);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    entry.tries += 1;
    if (!isRefusal(error)) {
      await noted(entry, shelf);
      return 'unreachable';
    }
    const evidence = asEvidence(entry, error);
    if (evidence) {
      await noted(evidence, shelf);
      return sendEntry(evidence, shelf, wire);
    }
    entry.refused = { title: error.title, detail: error.detail };
    await noted(entry, shelf);
    return 'refused';
  }
  if (entry.tooLate) {
    // What has to be read stays, without its photographs: those are with the case now.
    await noted({ ...entry, shots: [], kept: true }, shelf);
    return 'refused';
  }
  await shelf.remove(entry.id);
  return 'sent';
}

/** Remember how far it came. A phone without room forgets that, and asks the server once more: it knows the ids. */
async function noted(entry: Entry, shelf: Shelf): Promise<void> {
  await shelf.put(entry).catch(() => undefined);
}

/** Another was faster: the same work as evidence for the case, under the same id. Nothing where there is none. */
function asEvidence(entry: Entry, problem: Problem): Entry | null {
  const [, task] = /^\/tasks\/([^/]+)\/(arrive|resolve)$/.exec(entry.path) ?? [];
  if (!task || !WENT_ON.has(problem.status) || HIS_OWN.has(problem.kind)) return null;
  const { reason, phone_at, client_id } = entry.body;
  const said = [entry.label, reason].filter(Boolean).join(' · ');
  return {
    ...entry,
    path: `/tasks/${task}/evidence`,
    body: { reason: said, phone_at, client_id: `${client_id}-late` },
    tooLate: { title: problem.title, detail: problem.detail },
  };
}

/**
 * Send everything of this account that waits, in the order of making; stop at the first that cannot reach the
 * server. `told` hears of each that went.
 */
export async function flush(
  shelf: Shelf,
  wire: Wire,
  account: string | null = null,
  told: () => Promise<void> | void = () => undefined,
): Promise<{ sent: number; left: number }> {
  let sent = 0;
  const waiting = (await shelf.all()).sort((one, other) => one.order - other.order);
  for (const entry of waiting) {
    if (entry.refused || entry.kept || !isOf(entry, account)) continue;
    const came = await sendEntry(entry, shelf, wire);
    if (came === 'unreachable') break;
    if (came === 'sent') sent += 1;
    await told();
  }
  return { sent, left: (await shelf.all()).length };
}

/** Whether it may go out for this account; what was made before anybody was known belongs to whoever signs in. */
export const isOf = (entry: Entry, account: string | null): boolean =>
  !entry.account || !account || entry.account === account;
