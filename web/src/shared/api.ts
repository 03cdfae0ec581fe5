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

export type Body = Record<string, unknown> | unknown[] | FormData;

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

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  body?: Body;
  headers?: Record<string, string>;
  signal?: AbortSignal;
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
  return await (await answerTo(path, options)).blob();
}

async function answerTo(path: string, options: RequestOptions): Promise<Response> {
  const { method = 'GET', query, body, signal, keepalive = false } = options;
  const isForm = body instanceof FormData;
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  if (body && !isForm) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(addressOf(path, query), {
      method,
      headers,
      body: body ? (isForm ? body : JSON.stringify(body)) : null,
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
