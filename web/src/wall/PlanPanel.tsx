import { useEffect, useRef } from 'preact/hooks';
import { policyName } from '../shared/classification';
import { duration, number, percent } from '../shared/formats';
import { language, nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Card } from '../shared/parts/Panel';
import { Shown } from '../shared/parts/States';
import { postName, sharedWords } from '../shared/words';
import {
  carryOutPlan,
  dropPlan,
  type Plan,
  type PlannedOffer,
  planIsGoing,
  planIsOpen,
  thePlan,
} from './batch';
import { cases, openCase, people, placeOf, scene } from './state';
import { wallWords } from './words';

/** The proposed assignment, to be looked at beside the map before it is confirmed. */
export function PlanPanel() {
  const t = wallWords();
  const asked = thePlan.asked.value;
  const panel = useRef<HTMLDivElement>(null);
  const plan = asked.state === 'ready' ? asked.answer : undefined;
  useEffect(() => {
    if (plan) showOnMap(plan, panel.current?.offsetWidth ?? 0);
  }, [plan]);
  if (!planIsOpen.value) return null;
  const count = asked.state === 'ready' ? asked.answer.offers.length : 0;
  return (
    <div class="plan-panel" ref={panel}>
      <Card
        kind={t.planAll}
        title={t.planTitle}
        label={t.planTitle}
        onClose={dropPlan}
        acts={
          <>
            {count > 0 && (
              <Button look="primary" icon="send" busy={planIsGoing.value} onClick={() => void carryOutPlan()}>
                {t.planConfirm(count)}
              </Button>
            )}
            <Button onClick={dropPlan}>{sharedWords().cancel}</Button>
          </>
        }
      >
        <Shown asked={asked} retry={() => void thePlan.put()}>
          {plan => <Offers plan={plan} />}
        </Shown>
      </Card>
    </div>
  );
}

/** The whole assignment is brought into the picture, beside the panel. */
function showOnMap({ offers }: Plan, besidePx: number): void {
  const places = offers.flatMap(offer => {
    const known = people.get(offer.responder);
    const at = cases.get(offer.case)?.at;
    return [...(at ? [at] : []), ...(known ? [[known.lon, known.lat] as const] : [])];
  });
  if (places.length === 0) return;
  const [lons, lats] = [places.map(([lon]) => lon), places.map(([, lat]) => lat)];
  const box = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)] as const;
  scene.peek()?.showBox([...box], besidePx);
}

function Offers({ plan }: { plan: Plan }) {
  const t = wallWords();
  return (
    <>
      <p>
        {plan.offers.length === 0 ? t.planEmpty : t.planLead(plan.offers.length, duration(plan.travel_s))}
      </p>
      {plan.offers.length > 0 && <Saving plan={plan} />}
      {plan.left.length > 0 && <p class="quiet">{t.planLeft(plan.left.length)}</p>}
      <ul class="plan-panel__offers">
        {plan.offers.map(offer => (
          <Offer key={offer.case} offer={offer} />
        ))}
      </ul>
    </>
  );
}

/** What the plan saves beside sending people one case after the other. */
function Saving({ plan: { toll, one_by_one } }: { plan: Plan }) {
  const t = wallWords();
  const saved = one_by_one.travel_s - toll.travel_s;
  const rows: [string, typeof toll][] = [
    [t.planAll, toll],
    [t.planOneByOne, one_by_one],
  ];
  return (
    <>
      <table class="plan-panel__saving">
        <thead>
          <tr>
            <td />
            <th scope="col">{t.planOffers}</th>
            <th scope="col">{t.planTravel}</th>
            <th scope="col">{t.planLate}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, cost]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{number(cost.offers)}</td>
              <td>{duration(cost.travel_s)}</td>
              <td>{number(cost.late)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {toll.offers === one_by_one.offers && saved >= 60 && (
        <p class="plan-panel__saved">{t.planSaves(duration(saved), percent(saved / one_by_one.travel_s))}</p>
      )}
    </>
  );
}

function Offer({ offer }: { offer: PlannedOffer }) {
  const t = wallWords();
  const one = cases.get(offer.case);
  return (
    <li>
      <button type="button" class="link" onClick={() => openCase(offer.case)}>
        {t.caseNumber(offer.number)} {one && policyName('category', one.category)}
      </button>{' '}
      <span class="quiet small">{one && placeOf(one)}</span>
      <p>
        {nameOf(offer)} <span class="quiet small">{postName(offer.post)}</span>
        {offer.expected_s !== null && ` · ${t.minutesAway(duration(offer.expected_s))}`}
      </p>
      <p class="quiet small">{language.value === 'en' ? offer.reason_en : offer.reason}</p>
    </li>
  );
}
