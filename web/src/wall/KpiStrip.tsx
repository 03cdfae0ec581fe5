import { useEffect } from 'preact/hooks';
import { number, percent } from '../shared/formats';
import { answerIn } from '../shared/question';
import { may } from '../shared/session';
import { openRanking, showNumbers, theToday } from './figures';
import type { Shown } from './queue_filter';
import { isReplaying } from './replay';
import { Sparkline } from './Sparkline';
import { filter, kpis, narrow, onShift } from './state';
import { wallWords } from './words';

interface Kpi {
  id: keyof ReturnType<typeof wallWords>['kpi'];
  value: string;
  /** The list behind the number. */
  leads?: Shown;
  look?: 'late' | 'soon' | undefined;
}

const TODAY_AGAIN_MS = 60_000;

/** The numbers of the day; each says what it counts, and leads to the list behind it. */
export function KpiStrip() {
  const t = wallWords();
  useEffect(() => {
    if (!may('view_statistics')) return;
    void theToday.put();
    const timer = setInterval(() => void theToday.put(), TODAY_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const now = kpis.value;
  // The day so far and who is covered are of now: a replay does not show them as if they were of then.
  const today = isReplaying.value ? undefined : answerIn(theToday.asked.value);
  const share = (value: number | null | undefined) => (value == null ? '–' : percent(value));
  const strip: Kpi[] = [
    { id: 'reported', value: number(now.reported), leads: 'today' },
    { id: 'filed', value: number(now.filed), leads: 'filed' },
    { id: 'waiting', value: number(now.waiting), leads: 'waiting' },
    { id: 'underway', value: number(now.underway), leads: 'underway' },
    { id: 'soon', value: number(now.soon), leads: 'soon', look: now.soon > 0 ? 'soon' : undefined },
    { id: 'late', value: number(now.late), leads: 'late', look: now.late > 0 ? 'late' : undefined },
    { id: 'closed', value: number(now.closed), leads: 'settled' },
    { id: 'closingRate', value: share(now.closingRate) },
    { id: 'onTime', value: share(now.onTime) },
    { id: 'satisfied', value: share(now.satisfied) },
    { id: 'onShift', value: number(onShift.value) },
    { id: 'covered', value: share(today?.covered) },
  ];
  return (
    <ul class="kpis">
      {strip.map(one => (
        <KpiCell key={one.id} {...one} />
      ))}
      {today && (
        <li class="kpis__day">
          <button
            type="button"
            title={t.numbersHint}
            aria-pressed={openRanking.value !== null}
            onClick={() => showNumbers(openRanking.value ? null : 'street')}
          >
            <span class="kpis__name">{t.numbers}</span>
            <Sparkline today={today} line="reported" width={96} height={28} />
          </button>
        </li>
      )}
    </ul>
  );
}

function KpiCell({ id, value, leads, look }: Kpi) {
  const t = wallWords();
  const body = (
    <>
      <span class="kpis__name">{t.kpi[id]}</span>
      <span class="kpis__value">{value}</span>
    </>
  );
  const isShown = filter.value.show === leads;
  return (
    <li class={look ? `kpis--${look}` : ''} data-kpi={id}>
      {leads ? (
        <button
          type="button"
          title={t.kpiHint[id]}
          aria-pressed={isShown}
          onClick={() => narrow({ show: isShown ? 'open' : leads })}
        >
          {body}
        </button>
      ) : (
        <div title={t.kpiHint[id]}>{body}</div>
      )}
    </li>
  );
}
