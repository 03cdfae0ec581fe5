import { afterEach, describe, expect, it, vi } from 'vitest';
import { growingList } from '../src/admin/pages';

type Answer = { items: string[]; next: string | null } | 'fails';

/** A server whose answers come when the test says so, in any order. */
function slowServer() {
  const asked: { address: string; answer: (what: Answer) => void }[] = [];
  vi.stubGlobal('fetch', (address: string) => {
    return new Promise<Response>((resolve, reject) => {
      asked.push({
        address,
        answer: what =>
          what === 'fails' ? reject(new TypeError('no network')) : resolve(Response.json(what)),
      });
    });
  });
  return asked;
}

const page = (items: string[], next: string | null = null): Answer => ({ items, next });

afterEach(() => vi.unstubAllGlobals());

describe('a list that is asked for page by page', () => {
  it('shows what was asked for last, whichever answer comes last', async () => {
    const asked = slowServer();
    const list = growingList<string>('/rosters');
    const today = list.begin({ day: '1' });
    const later = list.begin({ day: '2' });
    asked[1]?.answer(page([]));
    asked[0]?.answer(page(['today']));
    await Promise.all([today, later]);
    expect(list.items.value).toEqual([]);
    expect(list.loading.value).toBe(false);
  });

  it('shows nothing of another question while it waits, and keeps its own while it is asked anew', async () => {
    const asked = slowServer();
    const list = growingList<string>('/rosters');
    const first = list.begin({ day: '1' });
    asked[0]?.answer(page(['a']));
    await first;
    const again = list.begin({ day: '1' });
    expect(list.items.value).toEqual(['a']);
    asked[1]?.answer(page(['a', 'b']));
    await again;
    expect(list.items.value).toEqual(['a', 'b']);
    void list.begin({ day: '2' });
    expect(list.items.value).toEqual([]);
  });

  it('tries the page again that failed, and keeps those before it', async () => {
    const asked = slowServer();
    const list = growingList<string>('/people');
    const first = list.begin();
    asked[0]?.answer(page(['a'], 'after-a'));
    await first;
    const more = list.more();
    asked[1]?.answer('fails');
    await more;
    expect(list.problem.value?.isOffline).toBe(true);
    expect(list.items.value).toEqual(['a']);
    const once = list.again();
    expect(list.problem.value).toBeNull();
    expect(asked[2]?.address).toContain('cursor=after-a');
    asked[2]?.answer(page(['b']));
    await once;
    expect(list.items.value).toEqual(['a', 'b']);
  });
});
