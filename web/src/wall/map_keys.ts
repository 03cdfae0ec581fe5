import type { KeyAct } from '../shared/keys';
import { beginDrawing, stopDrawing, tool } from './draw';
import { listedLayer } from './layers';
import { wallMapWords } from './map_words';
import { backToLive, isReplaying, jump, startReplay, togglePlaying } from './replay';

/** The map's own keys, and which of the desk's keys mean anything while the past is shown. */

export const MAP_KEYS: readonly KeyAct[] = [
  {
    keys: 't',
    says: () => wallMapWords().keyReplay,
    act: () => (isReplaying.peek() ? backToLive() : startReplay()),
  },
  { keys: 'l', says: () => wallMapWords().keyLive, act: () => isReplaying.peek() && backToLive() },
  { keys: ' ', says: () => wallMapWords().keyPlay, act: togglePlaying },
  { keys: '.', says: () => wallMapWords().keyNextEvent, act: () => void jump(1) },
  { keys: ',', says: () => wallMapWords().keyPreviousEvent, act: () => void jump(-1) },
  { keys: 'd', says: () => wallMapWords().keyDraw, act: () => beginDrawing('line') },
  { keys: 'c', says: () => wallMapWords().keyCount, act: () => beginDrawing('count') },
];

const LOOKING = new Set([
  'j',
  'k',
  '/',
  'o',
  '0',
  'g l',
  'g w',
  'g u',
  'g c',
  'g a',
  'Escape',
  'W',
  'L',
  'D',
  '?',
]);

const ONLY_IN_REPLAY = new Set(['l', ' ', '.', ',']);

/** Nobody acts on the past: in a replay only the keys that look are heard. */
export function keysOfNow(acts: readonly KeyAct[]): readonly KeyAct[] {
  if (!isReplaying.peek()) return [...MAP_KEYS.filter(({ keys }) => !ONLY_IN_REPLAY.has(keys)), ...acts];
  return [...MAP_KEYS, ...acts.filter(({ keys }) => LOOKING.has(keys))];
}

/** Escape lets go of the tool first, then of the list; false where there was neither. */
export function letGoOnMap(): boolean {
  if (tool.peek() !== null) stopDrawing();
  else if (listedLayer.peek() !== null) listedLayer.value = null;
  else return false;
  return true;
}
