import { useEffect } from 'preact/hooks';
import { number, percent } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Bar } from '../shared/parts/Bar';
import { Field } from '../shared/parts/Field';
import { EmptyState, ErrorState, Shown, Skeleton } from '../shared/parts/States';
import { answerIn } from '../shared/question';
import { readSession, session, sessionProblem, signInAddress } from '../shared/session';
import { CoverageTables } from './CoverageTables';
import { PlanMap } from './PlanMap';
import { askAgain, hour, MODES, mode, theCoverage, theDistrict } from './state';
import { planWords } from './words';
import './plan.css';

/** How well the district is served: the rings on the map, the shares in tables, and who is left out. */
export function PlanPage() {
  const t = planWords();
  useEffect(() => {
    void readSession();
    void theDistrict.put();
  }, []);
  const here = session.value;
  const signedIn = here?.signed_in ?? false;
  useEffect(() => {
    if (signedIn) askAgain();
  }, [signedIn]);
  const district = answerIn(theDistrict.asked.value);
  return (
    <div class="plan">
      <Bar
        page="plan"
        districtName={district && nameOf(district)}
        synthetic={district?.synthetic}
        links={['district', 'wall', 'plan']}
      />
      {!here && !sessionProblem.value && <Skeleton lines={8} />}
      {!here && sessionProblem.value && (
        <ErrorState problem={sessionProblem.value} retry={() => void readSession()} />
      )}
      {here && !signedIn && (
        <EmptyState
          icon="sign-in"
          title={t.signInFirst}
          act={
            <a class="button button--primary" href={signInAddress()}>
              {t.signIn}
            </a>
          }
        />
      )}
      {signedIn && (
        <main class="plan__body">
          <section class="plan__side" aria-label={t.title}>
            <Choices />
            <Shown asked={theCoverage.asked.value} retry={askAgain} skeletonLines={12}>
              {coverage => (
                <>
                  <p class="plan__sum">
                    {t.covered(percent(coverage.share_covered, 1), number(coverage.households))}
                  </p>
                  <CoverageTables coverage={coverage} />
                </>
              )}
            </Shown>
          </section>
          <div class="plan__map">
            <Shown asked={theDistrict.asked.value} retry={() => void theDistrict.put()}>
              {known => <PlanMap district={known} />}
            </Shown>
          </div>
        </main>
      )}
    </div>
  );
}

function Choices() {
  const t = planWords();
  return (
    <form class="plan__choices" onSubmit={event => event.preventDefault()}>
      <h1>{t.title}</h1>
      <Field label={t.pace}>
        {attributes => (
          <select
            {...attributes}
            value={mode.value}
            onChange={event => {
              mode.value = MODES.find(one => one === event.currentTarget.value) ?? 'walk';
              askAgain();
            }}
          >
            {MODES.map(one => (
              <option key={one} value={one}>
                {t.modes[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t.hour} hint={hour.value ? t.openAt : t.anyHour}>
        {attributes => (
          <input
            {...attributes}
            type="time"
            value={hour.value}
            onChange={event => {
              hour.value = event.currentTarget.value;
              askAgain();
            }}
          />
        )}
      </Field>
    </form>
  );
}
