import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../shared/api';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Icon } from '../shared/parts/Icon';
import { say } from '../shared/parts/Toast';
import { answerIn } from '../shared/question';
import { Shots } from '../street/Shots';
import { type AskedKind, theForm } from './api';
import { CategoryPart } from './CategoryPart';
import { ContactPart } from './ContactPart';
import { change, clearDraft, type Draft, draft } from './draft';
import { NearbyPart } from './Nearby';
import { PlaceField, placeNow } from './PlaceField';
import { send } from './sending';
import { prepareTicket } from './ticket';
import { VisitPart } from './VisitPart';
import { go } from './where';
import { reportWords } from './words';

type Need = 'category' | 'service' | 'place' | 'contact' | 'visit';

function missing(now: Draft, needsContact: boolean): Need[] {
  const needs: Need[] = [];
  if (now.kind === 'order' ? !now.service : false) needs.push('service');
  if (!['order', 'visit'].includes(now.kind) && !now.category) needs.push('category');
  if (!placeNow()) needs.push('place');
  if (now.kind === 'visit' && !now.visit?.slot) needs.push('visit');
  if (needsContact && !(now.name.trim() && now.phone.trim().length >= 5)) needs.push('contact');
  return needs;
}

/** One form for all that a resident may ask: only the parts that the kind needs. */
export function AskForm({ kind }: { kind: AskedKind }) {
  const t = reportWords();
  const form = answerIn(theForm.asked.value);
  const offered = form?.kinds.find(one => one.kind === kind);
  const now = draft.value;
  useEffect(() => {
    prepareTicket();
    if (draft.value.kind !== kind) clearDraft(kind);
  }, [kind]);
  useEffect(() => {
    // Where there is but one thing to choose, it is chosen.
    if (offered?.common.length === 1) change({ category: offered.common[0] ?? '' });
  }, [offered]);
  const isReport = kind === 'resident_request';
  const atHome = !isReport && kind !== 'dispute';
  const service = form?.services.find(one => one.id === now.service);
  const needs = missing(now, offered?.contact ?? false);
  const title = t.ways[isReport ? 'report' : kind];
  return (
    <form
      class="ask"
      aria-labelledby="ask-title"
      onSubmit={event => {
        event.preventDefault();
      }}
    >
      <h1 id="ask-title" tabIndex={-1}>
        {kind === 'order' && service ? nameOf(service) : title}
      </h1>
      {isReport && <PhotoPart most={form?.photographs} />}
      {(offered?.common.length ?? 0) > 1 && (
        <CategoryPart kind={kind} label={isReport ? t.category : t.about} />
      )}
      <PlaceField label={t.place} home={atHome} />
      {kind === 'visit' && <VisitPart />}
      <label class="field part">
        <span class="label">{isReport || kind === 'dispute' ? t.describe : t.describeOrder}</span>
        <textarea
          rows={3}
          maxLength={2000}
          value={now.description}
          onInput={event => change({ description: event.currentTarget.value })}
        />
      </label>
      {!isReport && kind !== 'visit' && <PhotoPart most={form?.photographs} />}
      {isReport && <NearbyPart />}
      <ContactPart needed={offered?.contact ?? false} />
      <SendPart needs={needs} />
    </form>
  );
}

/** As long as it is not known how many the server takes, none that was chosen is left out. */
function PhotoPart({ most }: { most: number | undefined }) {
  const t = reportWords();
  const { shots } = draft.value;
  return (
    <fieldset class="part">
      <legend>{t.photos}</legend>
      <p class="quiet small">{t.photosHint}</p>
      <Shots shots={shots} onChange={changed => change({ shots: changed.slice(0, most) })} />
    </fieldset>
  );
}

/** Empty the form; as long as the message stands it can be had back. */
function startAgain(): void {
  const before = draft.value;
  clearDraft();
  say(reportWords().cleared, () => {
    draft.value = before;
  });
}

function SendPart({ needs }: { needs: readonly Need[] }) {
  const t = reportWords();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const submit = async () => {
    const at = placeNow();
    if (!at) return;
    setBusy(true);
    setRefused(null);
    try {
      const taken = await send(draft.value, at);
      clearDraft();
      if (taken) go({ view: 'sent', tracking: taken.tracking });
      else {
        say(t.kept);
        go({ view: 'mine' });
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setRefused(error);
    }
    setBusy(false);
  };
  return (
    <div class="ask__foot">
      {refused && (
        <p class="notice" role="alert">
          <Icon name="warning" /> {refused.detail || refused.title}
        </p>
      )}
      {needs.length > 0 && (
        <p class="quiet" role="status" id="ask-needs">
          {t.needs(needs.map(need => t.need[need]).join(t.listJoin))}
        </p>
      )}
      <Button
        look="primary"
        class="ask__send"
        busy={busy}
        disabled={needs.length > 0}
        aria-describedby={needs.length > 0 ? 'ask-needs' : undefined}
        onClick={() => void submit()}
      >
        {busy ? t.sending : t.send}
      </Button>
      <p class="quiet small">{t.draftKept}</p>
      <Button look="quiet" icon="delete" onClick={startAgain}>
        {t.startAgain}
      </Button>
    </div>
  );
}
