import { number, percent } from '../shared/formats';
import { answerIn } from '../shared/question';
import type { Shown } from './queue_filter';
import { filter, kpis, narrow, theDistrict } from './state';
import { wallWords } from './words';

interface Kpi {
  id: keyof ReturnType<typeof wallWords>['kpi'];
  value: string;
  /** The list behind the number. */
  leads?: Shown;
  look?: 'late' | 'soon' | undefined;
}

/** The numbers of the day; each says what it counts, and leads to the list behind it. */
export function KpiStrip() {
  const t = wallWords();
  const now = kpis.value;
  const share = (value: number | null) => (value === null ? '–' : percent(value));
  const strip: Kpi[] = [
    { id: 'reported', value: number(now.reported), leads: 'all' },
    { id: 'waiting', value: number(now.waiting), leads: 'waiting' },
    { id: 'underway', value: number(now.underway), leads: 'underway' },
    { id: 'soon', value: number(now.soon), leads: 'soon', look: now.soon > 0 ? 'soon' : undefined },
    { id: 'late', value: number(now.late), leads: 'late', look: now.late > 0 ? 'late' : undefined },
    { id: 'closed', value: number(now.closed), leads: 'settled' },
    { id: 'closingRate', value: share(now.closingRate) },
    { id: 'onTime', value: share(now.onTime) },
    { id: 'satisfied', value: share(now.satisfied) },
    { id: 'onShift', value: number(answerIn(theDistrict.asked.value)?.counts.on_shift ?? 0) },
  ];
  return (
    <ul class="kpis">
      {strip.map(({ id, value, leads, look }) => {
        const body = (
          <>
            <span class="kpis__name">{t.kpi[id]}</span>
            <span class="kpis__value">{value}</span>
          </>
        );
        return (
          <li key={id} class={look ? `kpis--${look}` : ''}>
            {leads ? (
              <button
                type="button"
                title={t.kpiHint[id]}
                aria-pressed={filter.value.show === leads}
                onClick={() => narrow({ show: filter.value.show === leads ? 'open' : leads })}
              >
                {body}
              </button>
            ) : (
              <div title={t.kpiHint[id]}>{body}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
