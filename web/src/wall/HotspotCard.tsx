import { useEffect } from 'preact/hooks';
import { ask } from '../shared/api';
import { policyName } from '../shared/classification';
import { number, shortMoment } from '../shared/formats';
import { language, nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Card, Facts } from '../shared/parts/Panel';
import { Shown } from '../shared/parts/States';
import { question } from '../shared/question';
import type { Named } from '../shared/territory_api';
import { type HotspotQuestion, hotspotQuestion } from './layers';
import { closeCard } from './map_card';
import { wallMapWords } from './map_words';
import { narrow, openCase } from './state';
import { wallWords } from './words';

/** A hotspot of the map explained: how sure it is, how it went, what it is made of, whose streets these are. */

interface SpotCase {
  id: string;
  number: number;
  category: string;
  reported_at: string;
}
interface BusyStreet extends Named {
  id: string;
  count: number;
  task_force: string | null;
  task_force_en: string | null;
  chief: string | null;
  chief_en: string | null;
}
interface ExplainedPlace extends Named {
  count: number;
  series: number[];
  step_starts: string[];
  categories: [category: string, count: number][];
  cases: SpotCase[];
  streets: BusyStreet[];
  zh: string;
  en: string;
}

const SHOWN_CATEGORIES = 3;
const SHOWN_CASES = 6;

const theSpot = question<ExplainedPlace, HotspotQuestion & { lon: string; lat: string }>((query, signal) =>
  ask('/hotspots/explained', { query, signal }),
);

/** `place` is longitude and latitude, with a comma between them. */
export function HotspotCard({ place }: { place: string }) {
  const t = wallMapWords();
  const wanted = hotspotQuestion.value;
  const put = () => {
    const [lon = '', lat = ''] = place.split(',');
    void theSpot.put({ ...wanted, lon, lat });
  };
  useEffect(put, [place, wanted]);
  const asked = theSpot.asked.value;
  const title = asked.state === 'ready' ? nameOf(asked.answer) : '';
  return (
    <Card kind={t.layers.gi} title={title} label={t.layers.gi} onClose={closeCard}>
      <Shown asked={asked} retry={put} skeletonLines={6}>
        {spot => <Explained spot={spot} />}
      </Shown>
    </Card>
  );
}

function Explained({ spot }: { spot: ExplainedPlace }) {
  const t = wallMapWords().spot;
  return (
    <>
      <p>{language.value === 'en' ? spot.en : spot.zh}</p>
      <Trend spot={spot} />
      <Facts
        of={spot.categories
          .slice(0, SHOWN_CATEGORIES)
          .map(([category, count]) => [policyName('category', category), number(count)])}
      />
      {spot.streets.length > 0 && <h3>{t.streets}</h3>}
      <ul class="members">
        {spot.streets.map(street => (
          <li key={street.id}>
            <Button look="quiet" onClick={() => narrow({ street: street.id })}>
              {nameOf(street)}
            </Button>
            <span class="members__rest quiet small">{whose(street)}</span>
            <span>{number(street.count)}</span>
          </li>
        ))}
      </ul>
      {spot.cases.length > 0 && <h3>{t.newest}</h3>}
      <ul class="members">
        {spot.cases.slice(0, SHOWN_CASES).map(one => (
          <li key={one.id}>
            <Button look="quiet" onClick={() => openCase(one.id)}>
              {wallWords().caseNumber(one.number)}
            </Button>
            <span class="members__rest quiet small">
              {policyName('category', one.category)} · {shortMoment(one.reported_at)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function whose({ task_force, task_force_en, chief, chief_en }: BusyStreet): string {
  const [force, who] = language.value === 'en' ? [task_force_en, chief_en] : [task_force, chief];
  return [force ?? task_force, who ?? chief].filter(Boolean).join(' · ');
}

const WIDTH_PX = 264;
const HEIGHT_PX = 44;

/** The findings of each week, the last one in full strength. */
function Trend({ spot: { series, step_starts } }: { spot: ExplainedPlace }) {
  const t = wallMapWords().spot;
  if (series.length < 2) return null;
  const most = Math.max(1, ...series);
  const step = WIDTH_PX / series.length;
  const said = t.weeks(series.map(number).join(', '));
  return (
    <figure class="spot-trend">
      <svg role="img" aria-label={said} width={WIDTH_PX} height={HEIGHT_PX}>
        <title>{said}</title>
        {series.map((count, place) => {
          const height = Math.max((count / most) * HEIGHT_PX, 1);
          return (
            <rect
              key={step_starts[place]}
              x={place * step}
              y={HEIGHT_PX - height}
              width={Math.max(step - 1, 0.8)}
              height={height}
            />
          );
        })}
      </svg>
      <figcaption class="quiet small">{t.perWeek(number(most))}</figcaption>
    </figure>
  );
}
