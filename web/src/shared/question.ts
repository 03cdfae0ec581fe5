import { type ReadonlySignal, signal } from '@preact/signals';
import { Problem } from './api';

/** What a page knows of something it asked the server for. */
export type Asked<Answer> =
  | { state: 'idle' }
  | { state: 'loading'; earlier?: Answer }
  | { state: 'ready'; answer: Answer; at: number }
  | { state: 'failed'; problem: Problem; earlier?: Answer; earlierAt?: number };

export interface Question<Answer, Input> {
  readonly asked: ReadonlySignal<Asked<Answer>>;
  /** Ask (again); a newer question overtakes an older one that is still on its way. */
  put(input: Input): Promise<void>;
  forget(): void;
}

/** A question to the server whose every state can be drawn. */
export function question<Answer, Input = void>(
  send: (input: Input, signal: AbortSignal) => Promise<Answer>,
): Question<Answer, Input> {
  const asked = signal<Asked<Answer>>({ state: 'idle' });
  let underWay: AbortController | null = null;
  let last: { answer: Answer; at: number } | null = null;

  async function put(input: Input): Promise<void> {
    underWay?.abort();
    const mine = new AbortController();
    underWay = mine;
    asked.value = last ? { state: 'loading', earlier: last.answer } : { state: 'loading' };
    try {
      const answer = await send(input, mine.signal);
      if (mine.signal.aborted) return;
      last = { answer, at: Date.now() };
      asked.value = { state: 'ready', ...last };
    } catch (error) {
      if (mine.signal.aborted) return;
      const problem = error instanceof Problem ? error : new Problem(-1, { title: String(error) });
      asked.value = {
        state: 'failed',
        problem,
        ...(last ? { earlier: last.answer, earlierAt: last.at } : {}),
      };
    }
  }

  function forget(): void {
    underWay?.abort();
    last = null;
    asked.value = { state: 'idle' };
  }

  return { asked, put, forget };
}

/** The answer if there is one, be it fresh or from before. */
export function answerIn<Answer>(asked: Asked<Answer>): Answer | undefined {
  if (asked.state === 'ready') return asked.answer;
  return asked.state === 'idle' ? undefined : asked.earlier;
}
