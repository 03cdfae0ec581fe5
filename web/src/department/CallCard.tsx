import { policyName } from '../shared/classification';
import { coordinates, duration, shortMoment } from '../shared/formats';
import { Facts } from '../shared/parts/Panel';
import { placeInWords } from '../shared/place_names';
import { CallActs } from './CallActs';
import { CallHistory } from './CallHistory';
import { moment, NEXT, type OurCall, reportedOnTime, secondsBetween } from './calls';
import { departmentWords } from './words';

type Standing = keyof ReturnType<typeof departmentWords>['standings'];

/** One call: what, where, who called, the clock, and the next step. */
export function CallCard({ one }: { one: OurCall }) {
  const t = departmentWords();
  const { whistle, call, case: of } = one;
  const waits = call.standing === 'called' && call.report_in_by !== null;
  const left = waits ? secondsBetween(new Date(moment.value).toISOString(), call.report_in_by ?? '') : null;
  const isLate = left !== null && left < 0;
  return (
    <article class="call">
      <header>
        <h2>
          {policyName('category', of.category)} <span class="quiet">{t.number(of.number)}</span>
        </h2>
        <span class={isLate ? 'tag tag--warning' : 'tag'}>
          {isLate ? t.late : t.standings[call.standing as Standing]}
        </span>
      </header>
      {left !== null && (
        <p class={isLate ? 'late' : undefined}>
          <b>{isLate ? t.clockOver(duration(left)) : t.clockLeft(duration(left))}</b>
        </p>
      )}
      <Facts
        of={[
          [
            t.matter,
            `${policyName('matter', whistle.matter)} · ${policyName('department', call.department)}`,
          ],
          [t.case, `${placeInWords(of)} · ${coordinates(of.at[0], of.at[1])}`],
          [t.calledBy, t.caller(whistle.called_by, shortMoment(whistle.called_at))],
          call.report_in_by !== null && [t.reportInBy, shortMoment(call.report_in_by)],
          call.obligatory && [t.obligatory, '✓'],
          call.reported_in_at !== null && [
            t.reportedInAt,
            `${shortMoment(call.reported_in_at)} · ${t.tookToReport(duration(secondsBetween(whistle.called_at, call.reported_in_at)))} · ${reportedOnTime(one) ? t.onTime : t.overTime}`,
          ],
          call.arrived_at !== null && [
            t.arrivedAt,
            `${shortMoment(call.arrived_at)} · ${t.tookToArrive(duration(secondsBetween(whistle.called_at, call.arrived_at)))}`,
          ],
          call.ended_at !== null && [t.endedAt, shortMoment(call.ended_at)],
          !NEXT[call.standing] && [t.score, call.score === null ? t.unrated : t.stars(call.score)],
        ]}
      />
      {of.description && <p>{of.description}</p>}
      {of.photographs.length > 0 && (
        <section class="call__photos" aria-label={t.photos}>
          {of.photographs.map((name, place) => (
            <a key={name} href={`/api/v1/photographs/${name}`} target="_blank" rel="noreferrer">
              <img
                alt={t.photo(place + 1)}
                loading="lazy"
                src={`/api/v1/photographs/${name}?size=thumbnail`}
              />
            </a>
          ))}
        </section>
      )}
      <CallHistory one={one} />
      <CallActs one={one} />
    </article>
  );
}
