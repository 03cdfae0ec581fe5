import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaseItem } from '../src/shared/case_api';
import { aCase, at, NOW } from './a_case';

/** Each test gets the alarms of a page that was just opened, over what the browser kept. */
async function openPage() {
  vi.resetModules();
  const alarms = await import('../src/wall/alarms');
  const { cases } = await import('../src/wall/state');
  return { ...alarms, cases, kinds: () => alarms.unseen.value.map(alarm => `${alarm.kind} ${alarm.number}`) };
}

const happened = (one: CaseItem, action: string, id = action) => ({
  seq: 1,
  id,
  case: one.id,
  action,
  actor_post: 'system',
  by: '',
  at: at(0),
});

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  vi.stubGlobal('location', { pathname: '/desk', search: '', hash: '' });
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => act());
});

describe('an alarm is raised', () => {
  it('by what happens to a case, once for each event', async () => {
    const page = await openPage();
    const [calm, grave] = [aCase(), aCase({ severity: 5 })];
    page.cases.put([calm, grave]);
    const events = [
      happened(calm, 'report'),
      happened(grave, 'report'),
      happened(calm, 'expire'),
      happened(calm, 'ask_for_help'),
      happened(calm, 'nobody_found'),
      happened(calm, 'escalate'),
      happened(calm, 'accept'),
    ];
    page.hearEvents(events);
    page.hearEvents(events);
    expect(page.kinds().toSorted()).toEqual(
      [
        `urgent ${grave.number}`,
        ...['unanswered', 'help', 'nobody', 'escalated'].map(kind => `${kind} ${calm.number}`),
      ].toSorted(),
    );
  });

  it('by deadlines that come near and pass, not by those that had passed before', async () => {
    const page = await openPage();
    const [old, next] = [aCase({ due_at: at(-30) }), aCase({ due_at: at(60) })];
    page.lookAtDeadlines([old, next], NOW);
    expect(page.kinds()).toEqual([]);
    page.lookAtDeadlines([old, next], NOW + 45 * 60_000);
    expect(page.kinds()).toEqual([`soon ${next.number}`]);
    page.lookAtDeadlines([old, next], NOW + 61 * 60_000);
    page.lookAtDeadlines([old, next], NOW + 62 * 60_000);
    expect(page.kinds()).toEqual([`late ${next.number}`, `soon ${next.number}`]);
  });

  it('when the page opens again, by what passed while it was shut', async () => {
    const shut = await openPage();
    const [before, meanwhile] = [aCase({ due_at: at(-30) }), aCase({ due_at: at(20) })];
    shut.lookAtDeadlines([before, meanwhile], NOW);
    const opened = await openPage();
    opened.lookAtDeadlines([before, meanwhile], NOW + 60 * 60_000);
    expect(opened.kinds()).toEqual([`late ${meanwhile.number}`]);
  });
});

describe('an alarm stays', () => {
  it('until somebody has seen it, through a reload', async () => {
    const shut = await openPage();
    const [one, other] = [aCase(), aCase()];
    shut.cases.put([one, other]);
    shut.hearEvents([happened(one, 'expire', 'a'), happened(other, 'expire', 'b')]);
    const opened = await openPage();
    expect(opened.kinds()).toEqual([`unanswered ${other.number}`, `unanswered ${one.number}`]);
    opened.markSeen(opened.unseen.value[0]?.key);
    expect(opened.kinds()).toEqual([`unanswered ${one.number}`]);
    opened.markSeen();
    expect((await openPage()).kinds()).toEqual([]);
  });

  it('among two hundred at most', async () => {
    const page = await openPage();
    const many = Array.from({ length: 300 }, () => aCase());
    page.cases.put(many);
    page.hearEvents(many.map(one => happened(one, 'expire', one.id)));
    expect(page.unseen.value).toHaveLength(200);
    expect(page.newest.value?.number).toBe(many.at(-1)?.number);
  });
});
