import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../shared/api';
import { type CaseItem, fetchPositions, holderName, type Position } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { clock } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Mark } from '../shared/parts/Mark';
import { EmptyState, Shown } from '../shared/parts/States';
import { answerIn, question } from '../shared/question';
import { fetchStreet, type StreetDetail } from '../shared/territory_api';
import { postName, sharedWords } from '../shared/words';
import { markOf } from '../wall/case_marks';
import { ChiefCoverage } from './ChiefCoverage';
import { ChiefMonth } from './ChiefMonth';
import { deadlineInWords } from './deadline';
import { LazyMap } from './LazyMap';
import type { PhoneMark } from './PhoneMap';
import { ReassignForm } from './ReassignForm';
import { moment, ownStreet } from './state';
import { streetWords } from './words';

const REFRESH_MS = 20_000;
const OPEN = ['reported', 'filed', 'offered', 'accepted', 'on_site'];

const theStreet = question<StreetDetail, string>((street, signal) => fetchStreet(street, signal));
const thePeople = question<Position[]>((_, signal) => fetchPositions(signal));
export const theCases = question<CaseItem[], string>((street, signal) =>
  ask<{ items: CaseItem[] }>('/cases', { query: { street, state: OPEN, limit: 200 }, signal }).then(
    page => page.items,
  ),
);

/** My street: who is on shift and where, what is open and late, what was walked, how the month goes. */
export function ChiefView() {
  const t = streetWords();
  const street = ownStreet.value;
  useEffect(() => {
    if (!street) return;
    const look = () => {
      if (document.hidden) return;
      void theStreet.put(street.id);
      void thePeople.put();
      void theCases.put(street.id);
    };
    look();
    const again = setInterval(look, REFRESH_MS);
    return () => clearInterval(again);
  }, [street?.id]);
  if (!street) return <EmptyState icon="flag" title={t.patrolNotRunning} />;
  return (
    <section class="chief" aria-label={t.chiefStreet}>
      <h1>{nameOf(street)}</h1>
      <Shown asked={theStreet.asked.value} retry={() => void theStreet.put(street.id)} skeletonLines={4}>
        {found => <Team street={found} />}
      </Shown>
      <Shown asked={theCases.asked.value} retry={() => void theCases.put(street.id)} skeletonLines={4}>
        {cases => <StreetCases street={street.id} cases={cases} />}
      </Shown>
      <ChiefCoverage street={street.id} />
      <ChiefMonth street={street.id} />
    </section>
  );
}

function Team({ street }: { street: StreetDetail }) {
  const t = streetWords();
  const withMap = useSignal(false);
  const on = street.members.filter(one => one.on_shift).length;
  const marks = useComputed<readonly PhoneMark[]>(() => {
    const members = new Set(answerIn(theStreet.asked.value)?.members.map(one => one.id));
    const people = (answerIn(thePeople.asked.value) ?? []).filter(one => members.has(one.person));
    const cases = answerIn(theCases.asked.value) ?? [];
    return [
      ...cases.map(
        (one): PhoneMark => ({ kind: markOf(one, moment.peek()) === 'late' ? 'late' : 'task', at: one.at }),
      ),
      ...people.map((one): PhoneMark => ({ kind: 'person', at: [one.lon, one.lat] })),
    ];
  });
  return (
    <section aria-label={t.team}>
      <h2>{t.team}</h2>
      <p class="quiet">{t.teamOn(on, street.members.length)}</p>
      <Members of={street.members.filter(one => one.on_shift)} />
      {on < street.members.length && (
        <details>
          <summary>{t.offShiftCount(street.members.length - on)}</summary>
          <Members of={street.members.filter(one => !one.on_shift)} />
        </details>
      )}
      {withMap.value ? (
        <LazyMap marks={marks} box={street.bbox} label={t.patrolMap} />
      ) : (
        <Button
          icon="map"
          onClick={() => {
            withMap.value = true;
          }}
        >
          {sharedWords().map}
        </Button>
      )}
    </section>
  );
}

/** Each with when and whether he was last seen. */
function Members({ of }: { of: StreetDetail['members'] }) {
  const t = streetWords();
  const seen = new Map((answerIn(thePeople.asked.value) ?? []).map(one => [one.person, one]));
  return (
    <ul class="team">
      {of.map(member => {
        const position = seen.get(member.id);
        const onShift = position ? t.onShiftSince(clock(position.at)) : t.onShiftUnseen;
        return (
          <li key={member.id}>
            <b>{nameOf(member)}</b> {postName(member.post)}
            <span class="small quiet">{member.on_shift ? onShift : t.offShift}</span>
          </li>
        );
      })}
    </ul>
  );
}

function StreetCases({ street, cases }: { street: string; cases: readonly CaseItem[] }) {
  const t = streetWords();
  const moving = useSignal<CaseItem | null>(null);
  const members = answerIn(theStreet.asked.value)?.members ?? [];
  const holderOf = (one: CaseItem) => {
    const member = members.find(each => each.id === one.holder);
    return member ? nameOf(member) : holderName(one);
  };
  const late = cases.filter(one => markOf(one, moment.value) === 'late').length;
  return (
    <section aria-label={t.streetCases}>
      <h2>{t.streetCases}</h2>
      <p class="quiet">{cases.length === 0 ? t.noStreetCases : t.streetCasesCount(cases.length, late)}</p>
      <ul class="task-list">
        {cases.map(one => {
          const due = deadlineInWords(one);
          return (
            <li key={one.id} class="task-row">
              <Mark state={markOf(one, moment.value)} size={20} />
              <span class="task-row__what">
                <strong>
                  {policyName('category', one.category)} #{one.number}
                </strong>
                <span class="quiet">{holderOf(one) ? t.heldBy(holderOf(one)) : t.heldByNobody}</span>
                <span class={due.late ? 'late small' : 'quiet small'}>{due.text}</span>
              </span>
              {one.state !== 'reported' && (
                <Button
                  onClick={() => {
                    moving.value = one;
                  }}
                >
                  {t.reassign}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {moving.value && (
        <ReassignForm
          one={moving.value}
          members={members}
          onClose={done => {
            moving.value = null;
            if (done) void theCases.put(street);
          }}
        />
      )}
    </section>
  );
}
