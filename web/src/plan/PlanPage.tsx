import { useEffect } from 'preact/hooks';
import { number, percent } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Bar } from '../shared/parts/Bar';
import { Field } from '../shared/parts/Field';
import { ReportsButton } from '../shared/parts/ReportsButton';
import { EmptyState, ErrorState, Shown, Skeleton } from '../shared/parts/States';
import { answerIn } from '../shared/question';
import { readSession, session, sessionProblem, signInAddress } from '../shared/session';
import { CoverageTables } from './CoverageTables';
import { PlanMap } from './PlanMap';
import { askAgain, hour, LIMITS, MODES, mode, shows, theCoverage, theDistrict, theReach } from './state';
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
        acts={<ReportsButton />}
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
            {shows.value === 'shift' && <ShiftSum />}
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

/** How many grids somebody on shift reaches now. */
function ShiftSum() {
  const t = planWords();
  return (
    <Shown asked={theReach.asked.value} retry={askAgain} skeletonLines={2}>
      {({ about }) => (
        <div class="plan__shift">
          <p class="plan__sum">{t.onShift(number(about.on_shift), number(about.grids))}</p>
          <dl>
            {LIMITS.map((limit, place) => (
              <div key={limit}>
                <dt>{t.within(String(limit))}</dt>
                <dd>{percent(about.grids === 0 ? 0 : (about.within[place] ?? 0) / about.grids, 1)}</dd>
              </div>
            ))}
          </dl>
          {about.nowhere > 0 && <p class="quiet">{t.nowhere(number(about.nowhere))}</p>}
        </div>
      )}
    </Shown>
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
      <Field label={t.show} hint={shows.value === 'shift' ? t.shiftHint : undefined}>
        {attributes => (
          <select
            {...attributes}
            value={shows.value}
            onChange={event => {
              shows.value = event.currentTarget.value === 'shift' ? 'shift' : 'centres';
              askAgain();
            }}
          >
            <option value="centres">{t.shows.centres}</option>
            <option value="shift">{t.shows.shift}</option>
          </select>
        )}
      </Field>
    </form>
  );
}
