import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type KeyAct, listenToKeys } from '../shared/keys';
import { switchLanguage, switchTheme } from '../shared/parts/Bar';
import { KeyHelp } from '../shared/parts/KeyHelp';
import { say, undoLast } from '../shared/parts/Toast';
import { answerIn } from '../shared/question';
import { sharedWords } from '../shared/words';
import { alarmsOpen } from './AlarmBell';
import { type ActName, actsFor, begin } from './case_acts';
import { openRanking, showNumbers } from './figures';
import { take } from './hands';
import { keysOfNow, letGoOnMap, MAP_KEYS } from './map_keys';
import { theCase, theSuggestion } from './open_case';
import { assign } from './SuggestionBox';
import {
  cases,
  clearFilter,
  narrow,
  openCase,
  openId,
  queue,
  scene,
  switchForm,
  toggleSelected,
} from './state';
import { wallWords } from './words';

export const helpIsOpen = signal(false);

/** Step through the queue; an open case that has left the list is followed by the one in its place. */
function step(by: 1 | -1): void {
  const rows = queue.value;
  const place = rows.findIndex(({ one }) => one.id === openId.value);
  const next = rows[Math.min(rows.length - 1, Math.max(0, place < 0 ? 0 : place + by))];
  if (next) openCase(next.one.id);
}

function openOrAssign(): void {
  const one = openId.value && cases.get(openId.value);
  if (!one) {
    step(1);
    return;
  }
  const choice = answerIn(theSuggestion.asked.value)?.choice;
  if (one.state === 'filed' && choice) assign(one, choice);
}

function actOnOpen(...names: ActName[]): void {
  const card = answerIn(theCase.asked.value);
  const one = card && (cases.get(card.id) ?? card);
  if (!card || !one) return;
  const allowed = actsFor(one, card.actions);
  const act = names.find(name => allowed.includes(name));
  if (act) begin(act, one);
}

function showOpenOnMap(): void {
  const one = openId.value && cases.get(openId.value);
  if (one) scene.value?.showPlace({ lon: one.at[0], lat: one.at[1] });
}

export const DESK_KEYS: readonly KeyAct[] = [
  { keys: 'j', says: () => wallWords().keyNext, act: () => step(1) },
  { keys: 'k', says: () => wallWords().keyPrevious, act: () => step(-1) },
  { keys: 'Enter', says: () => wallWords().keyOpen, act: openOrAssign },
  { keys: 's', says: () => wallWords().keySelect, act: () => openId.value && toggleSelected(openId.value) },
  { keys: '/', says: () => sharedWords().keySearch, act: () => document.getElementById('search')?.focus() },
  { keys: 'h', says: () => wallWords().keyTake, act: () => openId.value && take(openId.value) },
  { keys: 'w', says: () => wallWords().keyWhistle, act: () => actOnOpen('whistle') },
  { keys: 'f', says: () => wallWords().keyFile, act: () => actOnOpen('file') },
  { keys: 'x', says: () => wallWords().keyDismiss, act: () => actOnOpen('dismiss') },
  { keys: 'v', says: () => wallWords().keyVerify, act: () => actOnOpen('verify') },
  { keys: 'b', says: () => wallWords().keySendBack, act: () => actOnOpen('send-back') },
  { keys: 'u', says: () => wallWords().keyWithdraw, act: () => actOnOpen('withdraw') },
  { keys: 'e', says: () => wallWords().keyExtend, act: () => actOnOpen('extend') },
  { keys: 'p', says: () => wallWords().keyPause, act: () => actOnOpen('resume', 'pause') },
  { keys: 'm', says: () => wallWords().keyMerge, act: () => actOnOpen('merge') },
  { keys: 'n', says: () => wallWords().keyNote, act: () => actOnOpen('note') },
  {
    keys: 'z',
    says: () => wallWords().keyUndo,
    act: () => {
      if (!undoLast()) say(wallWords().nothingToUndo);
    },
  },
  {
    keys: 'r',
    says: () => wallWords().numbers,
    act: () => showNumbers(openRanking.value ? null : 'street'),
  },
  { keys: 'o', says: () => wallWords().keyOnMap, act: showOpenOnMap },
  { keys: '0', says: () => sharedWords().wholeDistrict, act: () => scene.value?.showWhole() },
  { keys: 'g l', says: () => wallWords().kpi.late, act: () => narrow({ show: 'late' }) },
  { keys: 'g w', says: () => wallWords().kpi.waiting, act: () => narrow({ show: 'waiting' }) },
  { keys: 'g u', says: () => wallWords().kpi.underway, act: () => narrow({ show: 'underway' }) },
  { keys: 'g c', says: () => wallWords().toCheck, act: () => narrow({ show: 'check' }) },
  { keys: 'g a', says: () => wallWords().clearFilters, act: clearFilter },
  {
    keys: 'a',
    says: () => wallWords().keyAlarms,
    act: () => {
      alarmsOpen.value = !alarmsOpen.value;
    },
  },
  {
    keys: 'Escape',
    says: () => sharedWords().keyClose,
    act: () => {
      if (letGoOnMap()) return;
      if (alarmsOpen.value) alarmsOpen.value = false;
      else if (openRanking.value) showNumbers(null);
      else if (openId.value) openCase(null);
    },
  },
  { keys: 'W', says: () => wallWords().keyWall, act: switchForm },
  { keys: 'L', says: () => sharedWords().keyLanguage, act: switchLanguage },
  { keys: 'D', says: () => sharedWords().keyTheme, act: switchTheme },
  {
    keys: '?',
    says: () => sharedWords().keyHelp,
    act: () => {
      helpIsOpen.value = true;
    },
  },
];

/** What Enter and space press; the map is chosen from by Enter alone. */
const PRESSED = 'button, a, summary, input, select';

/** The desk's keys and their list. Enter and space are left to whatever button has the focus. */
export function WallKeys() {
  useEffect(
    () =>
      listenToKeys(() => {
        const focused = document.activeElement;
        const taken = focused?.matches('canvas')
          ? ['Enter']
          : focused?.matches(PRESSED)
            ? ['Enter', ' ']
            : [];
        return keysOfNow(DESK_KEYS).filter(act => !taken.includes(act.keys));
      }),
    [],
  );
  return (
    <>
      {helpIsOpen.value && (
        <KeyHelp
          acts={[...DESK_KEYS, ...MAP_KEYS]}
          onClose={() => {
            helpIsOpen.value = false;
          }}
        />
      )}
    </>
  );
}
