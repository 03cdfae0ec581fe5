import { signal } from '@preact/signals';
import { type Body, Problem } from '../shared/api';
import { actOnCase, actOnCases, type CaseItem } from '../shared/case_api';
import { language } from '../shared/language';
import { say } from '../shared/parts/Toast';
import { may } from '../shared/session';
import { cases, selected } from './state';
import { wallWords } from './words';

/** What can be done to a case from a desk: which act of the lifecycle it is, who may, and what it must be told. */

export type ActName =
  | 'file'
  | 'dismiss'
  | 'confirm'
  | 'reclassify'
  | 'merge'
  | 'assign'
  | 'withdraw'
  | 'whistle'
  | 'extend'
  | 'pause'
  | 'suspend'
  | 'resume'
  | 'verify'
  | 'send-back'
  | 'reopen'
  | 'note';

interface DeskAct {
  /** As the lifecycle names it, in a case's `actions`. */
  action: string;
  permission: string;
  key?: string;
  needs: 'nothing' | 'reason' | 'form';
  /** May be done to many cases at once. */
  bulk?: boolean;
}

export const DESK_ACTS: Record<ActName, DeskAct> = {
  assign: { action: 'offer', permission: 'dispatch', needs: 'nothing' },
  file: { action: 'file', permission: 'screen', key: 'f', needs: 'nothing', bulk: true },
  verify: { action: 'verify', permission: 'verify', key: 'v', needs: 'nothing', bulk: true },
  'send-back': { action: 'send_back', permission: 'verify', key: 'b', needs: 'reason' },
  whistle: { action: 'call_whistle', permission: 'blow_whistle', key: 'w', needs: 'form' },
  withdraw: { action: 'withdraw', permission: 'dispatch', key: 'u', needs: 'reason', bulk: true },
  extend: { action: 'extend', permission: 'decide_clocks', key: 'e', needs: 'form' },
  pause: { action: 'pause', permission: 'decide_clocks', key: 'p', needs: 'reason', bulk: true },
  resume: { action: 'resume', permission: 'decide_clocks', key: 'p', needs: 'nothing', bulk: true },
  suspend: { action: 'suspend', permission: 'decide_clocks', needs: 'reason', bulk: true },
  merge: { action: 'merge', permission: 'screen', key: 'm', needs: 'form' },
  confirm: { action: 'confirm', permission: 'screen', needs: 'nothing', bulk: true },
  reclassify: { action: 'reclassify', permission: 'screen', needs: 'form' },
  dismiss: { action: 'dismiss', permission: 'screen', key: 'x', needs: 'reason', bulk: true },
  reopen: { action: 'reopen', permission: 'evaluate', needs: 'reason' },
  note: { action: 'note', permission: 'view_cases', key: 'n', needs: 'reason' },
};
export const ACT_NAMES = Object.keys(DESK_ACTS) as ActName[];

/** Acts that the case's state and clock allow and that this person may do. */
export function actsFor(one: CaseItem, actions: readonly string[]): ActName[] {
  const stands = one.clock === 'paused' || one.clock === 'suspended';
  return ACT_NAMES.filter(name => {
    const { action, permission } = DESK_ACTS[name];
    if (!actions.includes(action) || !may(permission)) return false;
    if (name === 'resume') return stands;
    return name === 'pause' || name === 'suspend' || name === 'extend' ? one.clock === 'running' : true;
  });
}

/** The act whose form is open, and on which case. */
export const asking = signal<{ act: ActName; one: CaseItem } | null>(null);
/** Cases with an act on its way to the server. */
export const underWay = signal<ReadonlySet<string>>(new Set());

function mark(id: string, busy: boolean): void {
  const next = new Set(underWay.value);
  if (busy) next.add(id);
  else next.delete(id);
  underWay.value = next;
}

/** Begin an act: at once where it needs nothing, else by its form. */
export function begin(act: ActName, one: CaseItem): void {
  if (DESK_ACTS[act].needs === 'nothing') void perform(act, one);
  else asking.value = { act, one };
}

/** Do an act: it shows at once, and is confirmed or taken back with the reason; true when it was done. */
export async function perform(act: ActName, one: CaseItem, body: Body = {}, said?: string): Promise<boolean> {
  const t = wallWords();
  if (underWay.value.has(one.id)) return false;
  mark(one.id, true);
  const expected = EXPECTED[act]?.(body);
  if (expected) cases.expect(one.id, expected);
  try {
    cases.put([await actOnCase(one.id, act, body)]);
    say(said ?? `${t.actsDone[act]} ${t.caseNumber(one.number)}`, undoOf(act, one));
    return true;
  } catch (error) {
    cases.takeBack(one.id);
    const why = error instanceof Problem ? error.detail || error.title : String(error);
    say(t.failedAct(t.actOn(t.acts[act], one.number), why));
    return false;
  } finally {
    mark(one.id, false);
  }
}

const atOnce = () => new Date().toISOString();
const OPEN_AGAIN = {
  state: 'filed',
  holder: null,
  holder_name: null,
  holder_name_en: null,
  holder_post: null,
  task: null,
} as const;

/** How a case will stand after an act, as far as a desk can say; the server has the last word. */
const EXPECTED: Partial<Record<ActName, (body: Body) => Partial<CaseItem>>> = {
  file: () => ({ state: 'filed', filed_at: atOnce() }),
  verify: () => ({ state: 'closed', clock: 'stopped', closed_at: atOnce() }),
  'send-back': () => OPEN_AGAIN,
  dismiss: () => ({ state: 'dismissed', clock: 'stopped', closed_at: atOnce() }),
  assign: () => ({ state: 'offered' }),
  withdraw: () => OPEN_AGAIN,
  merge: () => ({ state: 'merged', clock: 'stopped', closed_at: atOnce() }),
  pause: () => ({ clock: 'paused' }),
  suspend: () => ({ clock: 'suspended' }),
  resume: () => ({ clock: 'running' }),
  reopen: () => OPEN_AGAIN,
};

/** What takes an act back, where the lifecycle has a way. */
function undoOf(act: ActName, one: CaseItem): (() => void) | undefined {
  const reason = wallWords().undoReason;
  const back = (name: ActName, body: Body = {}) =>
    may(DESK_ACTS[name].permission) ? () => void perform(name, one, { reason, ...body }) : undefined;
  switch (act) {
    case 'assign':
      return back('withdraw');
    case 'withdraw':
      return one.holder ? back('assign', { responder: one.holder }) : undefined;
    case 'pause':
    case 'suspend':
      return back('resume');
    case 'resume':
      return back(one.clock === 'suspended' ? 'suspend' : 'pause');
    case 'reclassify':
      return back('reclassify', { category: one.category });
    case 'verify':
      return one.reopened === 0 ? back('reopen') : undefined;
    default:
      return undefined;
  }
}

/** One act on all selected cases; each stands for itself. */
export async function performOnSelected(act: ActName, reason: string): Promise<void> {
  const t = wallWords();
  try {
    const results = await actOnCases([...selected.value], act, reason);
    const refused = results.filter(result => !result.done);
    const first = refused[0];
    const why = first ? (language.value === 'en' ? first.detail : first.detail_zh) : '';
    const said = [t.bulkResult(results.length - refused.length, refused.length), why];
    const done = results.filter(result => result.done).map(result => result.case);
    const undo = UNDONE_BY_RESUMING.has(act) && done.length > 0 ? () => void resumeAll(done) : undefined;
    say(said.filter(Boolean).join(' · '), undo);
    selected.value = new Set(refused.map(result => result.case));
  } catch (error) {
    say(t.failedAct(t.acts[act], error instanceof Problem ? error.detail : String(error)));
  }
}

const UNDONE_BY_RESUMING: ReadonlySet<ActName> = new Set(['pause', 'suspend']);

async function resumeAll(ids: readonly string[]): Promise<void> {
  const t = wallWords();
  try {
    const results = await actOnCases(ids, 'resume', t.undoReason);
    const refused = results.filter(result => !result.done).length;
    say(t.bulkResult(results.length - refused, refused));
  } catch (error) {
    say(t.failedAct(t.acts.resume, error instanceof Problem ? error.detail : String(error)));
  }
}
