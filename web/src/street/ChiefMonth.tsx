import { useEffect } from 'preact/hooks';
import { duration, number, percent } from '../shared/formats';
import { Shown } from '../shared/parts/States';
import { type Standing, theMonth } from './tasks_api';
import { streetWords } from './words';

/** The month's figures of the street, beside the middle of all streets; no other street is named. */
export function ChiefMonth({ street }: { street: string }) {
  const t = streetWords();
  useEffect(() => void theMonth.put(street), [street]);
  const names: Record<string, string> = t.indicators;
  return (
    <section aria-label={t.month}>
      <h2>{t.month}</h2>
      <Shown asked={theMonth.asked.value} retry={() => void theMonth.put(street)} skeletonLines={6}>
        {standings => (
          <table class="month">
            <thead>
              <tr>
                <th scope="col">{t.monthFigure}</th>
                <th scope="col">{t.monthMine}</th>
                <th scope="col">{t.monthMedian}</th>
                <th scope="col">{t.monthRank}</th>
              </tr>
            </thead>
            <tbody>
              {standings.map(one => (
                <tr key={one.indicator}>
                  <th scope="row">{names[one.indicator] ?? one.indicator}</th>
                  <td>{inWords(one.indicator, one.value)}</td>
                  <td>{inWords(one.indicator, one.median)}</td>
                  <td>{one.rank === null ? '–' : t.monthRankOf(one.rank, one.of)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Shown>
    </section>
  );
}

function inWords(indicator: Standing['indicator'], value: number | null): string {
  if (value === null) return '–';
  if (indicator.endsWith('_rate')) return percent(value, 1);
  return indicator.endsWith('_s') ? duration(value) : number(value, Number.isInteger(value) ? 0 : 1);
}
