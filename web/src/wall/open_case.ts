import { effect } from '@preact/signals';
import { type CaseCard, fetchCase, fetchSuggestion, type Suggestion } from '../shared/case_api';
import { nextFrame } from '../shared/frame';
import { question } from '../shared/question';
import { may } from '../shared/session';
import { cases, openId } from './state';

/** The open case with its history, and whom dispatch would send; asked again whenever the case moved on. */

export const theCase = question<CaseCard, string>(async (id, stop) => {
  const card = await fetchCase(id, stop);
  await nextFrame();
  return card;
});
export const theSuggestion = question<Suggestion, string>(async (id, stop) => {
  const suggestion = await fetchSuggestion(id, stop);
  await nextFrame();
  return suggestion;
});

const SUGGESTIBLE = new Set(['filed', 'offered']);

let shown: { id: string; events: number } | null = null;

effect(() => {
  const id = openId.value;
  void cases.revision.value;
  if (id === null) {
    shown = null;
    theCase.forget();
    theSuggestion.forget();
    return;
  }
  const known = cases.get(id);
  const events = known?.events ?? -1;
  if (shown?.id === id && shown.events === events) return;
  if (shown?.id !== id) {
    theCase.forget();
    theSuggestion.forget();
  }
  shown = { id, events };
  void theCase.put(id);
  if (known && SUGGESTIBLE.has(known.state) && may('dispatch')) void theSuggestion.put(id);
  else theSuggestion.forget();
});
