import { useEffect } from 'preact/hooks';
import { theClassification } from '../shared/classification';
import { clock, duration } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Bar } from '../shared/parts/Bar';
import { Button, IconButton } from '../shared/parts/Button';
import { Mark } from '../shared/parts/Mark';
import { Splitter } from '../shared/parts/Splitter';
import { EmptyState, ErrorState, Skeleton, StaleNotice } from '../shared/parts/States';
import { answerIn } from '../shared/question';
import { may, readSession, session, sessionProblem, signInAddress } from '../shared/session';
import type { District } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import { ActForm } from './ActForm';
import { AlarmBell, AlarmLook } from './AlarmBell';
import { CasePanel } from './CasePanel';
import { feedProblem, followServer, isLoaded, lastHeard, liveState, loadLists } from './feed';
import { followNews } from './follow_news';
import { tellHands } from './hands';
import { KpiStrip } from './KpiStrip';
import { followLayers } from './layers';
import { NumbersPanel } from './NumbersPanel';
import { PlanPanel } from './PlanPanel';
import { Queue } from './Queue';
import { ReplayBanner, ReplayBar } from './ReplayBar';
import { followReplay, isReplaying } from './replay';
import {
  caseWidth,
  form,
  openId,
  queueWidth,
  second,
  switchForm,
  theDistrict,
  theStreets,
  theSubdistricts,
} from './state';
import { isSteered, useSteering } from './steering';
import { helpIsOpen, WallKeys } from './WallKeys';
import { WallMap } from './WallMap';
import { wallWords } from './words';
import './wall.css';
import './wall_map.css';

/** The command centre: the desk where an operator works, and the wall that a room watches. */
export function WallPage() {
  const t = wallWords();
  useEffect(() => {
    void readSession();
    void theDistrict.put();
    void theClassification.put();
  }, []);
  const sees = Boolean(session.value?.signed_in) && may('view_cases');
  useEffect(() => (sees ? followServer() : undefined), [sees]);
  const district = answerIn(theDistrict.asked.value);
  const title = `${t.title} · ${district ? nameOf(district) : sharedWords().product}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  const steering = useSteering();
  useEffect(() => {
    document.documentElement.dataset.form = form.value;
    document.documentElement.dataset.steered = String(steering);
  }, [form.value, steering]);
  const shown = form.value;
  return (
    <div class={`page wall wall--${shown}`}>
      <Bar
        page="wall"
        districtName={district && nameOf(district)}
        synthetic={district?.synthetic}
        links={['district', 'wall', 'plan', 'admin']}
        middle={<LiveBadge />}
        acts={
          <>
            <AlarmBell />
            <IconButton
              icon="keyboard"
              label={sharedWords().keysHint}
              onClick={() => {
                helpIsOpen.value = true;
              }}
            />
            <Button look="quiet" onClick={switchForm}>
              {shown === 'wall' ? t.toDesk : t.toWall}
            </Button>
          </>
        }
      />
      <Body district={district} />
      <ActForm />
    </div>
  );
}

function Body({ district }: { district: District | undefined }) {
  const t = wallWords();
  const who = session.value;
  if (sessionProblem.value && !who) {
    return <ErrorState problem={sessionProblem.value} retry={() => void readSession()} />;
  }
  if (who && !who.signed_in) {
    return (
      <main>
        <EmptyState
          icon="lock"
          title={t.signInFirst}
          act={
            <a class="button button--primary" href={signInAddress()}>
              {t.signInNow}
            </a>
          }
        >
          {t.signInFirstHint}
        </EmptyState>
      </main>
    );
  }
  if (who && !may('view_cases')) {
    return (
      <main>
        <EmptyState icon="lock" title={t.notYours}>
          {t.notYoursHint}
        </EmptyState>
      </main>
    );
  }
  const asked = theDistrict.asked.value;
  if (!district && asked.state === 'failed') {
    return <ErrorState problem={asked.problem} retry={() => void theDistrict.put()} />;
  }
  return who && district ? <Working district={district} /> : <Skeleton lines={12} />;
}

function Working({ district }: { district: District }) {
  const t = wallWords();
  useEffect(() => {
    void theStreets.put();
    void theSubdistricts.put(district.code);
    const stops = [followNews(isSteered), tellHands(), followReplay(), followLayers()];
    return () => {
      for (const stop of stops) stop();
    };
  }, [district.code]);
  const isDesk = form.value === 'desk';
  return (
    <main class="wall__main">
      <ReplayBanner />
      <KpiStrip />
      {liveState.value === 'lost' && lastHeard.value !== null && <StaleNotice since={lastHeard.value} />}
      {feedProblem.value && !isLoaded.value ? (
        <ErrorState problem={feedProblem.value} retry={() => void loadLists()} />
      ) : (
        <div class="workspace">
          <aside
            class="workspace__side wall__queue"
            style={{ '--side': `${queueWidth.value}px` }}
            aria-label={t.queue}
          >
            <Queue />
          </aside>
          {isDesk && <Splitter width={queueWidth} least={280} most={560} column="left" label={t.queue} />}
          <div class="workspace__middle">
            <WallMap district={district} />
            <PlanPanel />
            <ReplayBar />
            <NumbersPanel />
          </div>
          {openId.value && (
            <>
              {isDesk && (
                <Splitter width={caseWidth} least={320} most={600} column="right" label={t.closePanel} />
              )}
              <aside class="workspace__side wall__case" style={{ '--side': `${caseWidth.value}px` }}>
                <CasePanel id={openId.value} />
              </aside>
            </>
          )}
        </div>
      )}
      <AlarmLook />
      <WallKeys />
    </main>
  );
}

/** Whether what is shown is of now, and if not, of when. */
function LiveBadge() {
  const t = wallWords();
  const heard = lastHeard.value;
  const ago = heard === null ? null : Math.max(0, Math.round((second.value - heard) / 1000));
  if (!session.value?.signed_in || isReplaying.value) return null;
  return (
    <div class="live" role="status" aria-live="off">
      <span class="live__clock">{clock(second.value)}</span>
      <Mark
        state={liveState.value === 'live' ? 'settled' : liveState.value === 'lost' ? 'late' : 'paused'}
        size={12}
      />
      <span>
        {liveState.value === 'live' && (ago === null || ago < 4 ? t.live : t.liveAgo(duration(ago)))}
        {liveState.value === 'connecting' && t.connecting}
        {liveState.value === 'lost' && t.lost}
      </span>
    </div>
  );
}
