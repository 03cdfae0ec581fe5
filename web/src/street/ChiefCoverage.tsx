import { useEffect } from 'preact/hooks';
import { Shown } from '../shared/parts/States';
import { type StreetPieces, thePieces } from './tasks_api';
import { streetWords } from './words';

const CITY_HOURS_AHEAD = 8;
const hourOf = (at: string): number => (new Date(at).getUTCHours() + CITY_HOURS_AHEAD) % 24;
const FIRST_HOUR = 6;
const LAST_HOUR = 22;

/** Each segment of the street by the hours of today: where nobody has been stands out. */
export function ChiefCoverage({ street }: { street: string }) {
  const t = streetWords();
  useEffect(() => void thePieces.put(street), [street]);
  return (
    <section aria-label={t.coverageToday}>
      <h2>{t.coverageToday}</h2>
      <Shown asked={thePieces.asked.value} retry={() => void thePieces.put(street)} skeletonLines={4}>
        {found => <Grid found={found} />}
      </Shown>
    </section>
  );
}

function Grid({ found }: { found: StreetPieces }) {
  const t = streetWords();
  const walked = found.pieces.map(piece => new Set(piece.walked_at.map(hourOf)));
  const used = walked.flatMap(hours => [...hours]);
  const first = Math.min(FIRST_HOUR, ...used);
  const last = Math.max(LAST_HOUR, ...used);
  const hours = Array.from({ length: last - first + 1 }, (_, step) => first + step);
  return (
    <>
      <p class="quiet small">{t.coverageHint}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <div class="coverage" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.coverageSegment}</th>
              {hours.map(hour => (
                <th key={hour} scope="col">
                  {hour}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {walked.map((segment, number) => (
              <tr key={number} class={segment.size === 0 ? 'coverage__none' : undefined}>
                <th scope="row">{number + 1}</th>
                {hours.map(hour => (
                  <td key={hour} class={segment.has(hour) ? 'coverage__walked' : undefined}>
                    <span class="unseen">{segment.has(hour) ? t.covered : t.uncovered}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
