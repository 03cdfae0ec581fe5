import { shared as sharedEn } from '../words/en/shared';
import { shared as sharedZh } from '../words/zh/shared';
import { language } from './language';

/** RFC 9457, as the server writes it: one sentence for the person in each language. */
interface ProblemDetails {
  type?: string;
  title?: string;
  title_zh?: string;
  detail?: string;
  detail_zh?: string;
  status?: number;
}

export type Body = Record<string, unknown> | unknown[] | FormData | Blob;

/** Why a request came to nothing, in words that can be shown. */
export class Problem extends Error {
  constructor(
    /** 0 when the server was not reached at all. */
    readonly status: number,
    readonly details: ProblemDetails,
  ) {
    super(details.title ?? `${status}`);
  }

  get isOffline(): boolean {
    return this.status === 0;
  }

  /** The last part of the problem's type: what a page may branch on. */
  get kind(): string {
    return (this.details.type ?? '').split(/[/:#]/).pop() ?? '';
  }

  get title(): string {
    const { title, title_zh } = this.details;
    return (language.value === 'en' ? title : (title_zh ?? title)) ?? this.#words.unknownProblem;
  }

  get detail(): string {
    const { detail, detail_zh } = this.details;
    return (language.value === 'en' ? detail : (detail_zh ?? detail)) ?? '';
  }

  get #words() {
    return language.value === 'en' ? sharedEn : sharedZh;
  }
}

const unreachable: ProblemDetails = {
  type: 'offline',
  title: sharedEn.offlineTitle,
  title_zh: sharedZh.offlineTitle,
  detail: sharedEn.offlineDetail,
  detail_zh: sharedZh.offlineDetail,
};

/** A network that is there and carries nothing is no reason to wait for ever: the same as no network at all. */
const PATIENCE_MS = 120_000;
/** For what a page starts with or asks for again and again. */
export const SHORT_PATIENCE_MS = 12_000;
/** For an act that is kept and made again: the server knows its id. */
export const ACT_PATIENCE_MS = 30_000;
const UPLOAD_BEGINS_MS = 30_000;
/** As slow as a network may be that still gets a photograph through: 4 KB a second. */
const SLOWEST_BYTES_A_MS = 4;

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  body?: Body;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** How long an answer may take, to its last byte. A photograph has longer by its size, a form of files for ever. */
  patience_ms?: number;
  /** Goes out even when the page is being closed. */
  keepalive?: boolean;
}

/** `/api/v1/…` with its query; what is undefined is left out, a list is asked for item by item. */
export function addressOf(path: string, query: RequestOptions['query'] = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const one of value) asked.append(name, one);
    else if (value !== undefined) asked.set(name, String(value));
  }
  const text = asked.toString();
  return `/api/v1${path}${text ? `?${text}` : ''}`;
}

/** Ask the server; throws Problem, or AbortError when the caller took the question back. */
export async function ask<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await answerTo(path, options);
  if (response.status === 204) return undefined as Answer;
  return (await wholeJson(response)) as Answer;
}

/** What the server said, to its last byte: an answer that was cut off is no answer. */
export async function wholeJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, unreachable);
  }
}

/** The same for what is carried away as it is. */
export async function askFile(path: string, options: RequestOptions = {}): Promise<Blob> {
  return await (await answerTo(path, { patience_ms: Number.POSITIVE_INFINITY, ...options })).blob();
}

function patienceFor({ body, patience_ms }: RequestOptions): number {
  if (patience_ms !== undefined) return patience_ms;
  if (body instanceof FormData) return Number.POSITIVE_INFINITY;
  return body instanceof Blob ? UPLOAD_BEGINS_MS + body.size / SLOWEST_BYTES_A_MS : PATIENCE_MS;
}

/** Stops when the caller takes the question back, or when nobody would wait any longer. */
function stopFor(options: RequestOptions): AbortSignal | undefined {
  const patience_ms = patienceFor(options);
  if (patience_ms === Number.POSITIVE_INFINITY) return options.signal;
  // A browser of before 2022 has no such signal: it waits as long as it always did.
  const late: AbortSignal | undefined = AbortSignal.timeout?.(patience_ms);
  if (!late || !options.signal) return late ?? options.signal;
  const stop = new AbortController();
  for (const signal of [options.signal, late]) {
    if (signal.aborted) stop.abort(signal.reason);
    signal.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
  }
  return stop.signal;
}

async function answerTo(path: string, options: RequestOptions): Promise<Response> {
  const { method = 'GET', query, body, keepalive = false } = options;
  const asItIs = body instanceof FormData || body instanceof Blob;
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  if (body instanceof Blob) headers['content-type'] = body.type || 'image/jpeg';
  else if (body && !asItIs) headers['content-type'] = 'application/json';
  const signal = stopFor(options);
  let response: Response;
  try {
    response = await fetch(addressOf(path, query), {
      method,
      headers,
      body: body ? (asItIs ? body : JSON.stringify(body)) : null,
      credentials: 'same-origin',
      keepalive,
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, unreachable);
  }
  if (!response.ok) throw await problemIn(response);
  return response;
}

/** Why the server refused. A browser takes a status line that was cut off for a status: 20 for 201. */
export async function problemIn(response: Response): Promise<Problem> {
  const { status, statusText } = response;
  if (status < 400) return new Problem(0, unreachable);
  try {
    return new Problem(status, (await response.json()) as ProblemDetails);
  } catch {
    return new Problem(status, { title: `${status} ${statusText}` });
  }
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

/** Every item of a paged list; for lists that a district keeps short. */
export async function askAll<Item>(path: string, options: RequestOptions = {}): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask<Page<Item>>(path, { ...options, query: { ...options.query, cursor } });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor);
  return items;
}
