import type { ComponentChildren } from 'preact';
import { MARK_STATES } from '../shared/case_states';
import { number } from '../shared/formats';
import { HueSample, LineSample } from '../shared/map/Legend';
import { IconButton } from '../shared/parts/Button';
import { Check } from '../shared/parts/Field';
import { Icon } from '../shared/parts/Icon';
import { Mark } from '../shared/parts/Mark';
import { type Asked, answerIn } from '../shared/question';
import { sharedWords } from '../shared/words';
import { BEYOND_TOKEN, densityToken, GI_TOKENS, RING_TOKENS } from './analysis_layers';
import { FAINTEST } from './layer_opacity';
import {
  ANALYSIS_LAYERS,
  chooseHotspots,
  hotspotChoice,
  listedLayer,
  opacityOf,
  PERIODS,
  type Period,
  setOpacity,
  shownLayers,
  switchLayer,
  theClosures,
  theDensity,
  theReach,
  theRings,
  type WallLayer,
} from './layers';
import { densitySteps } from './map_picture';
import { wallMapWords } from './map_words';
import { LOOK_TOKENS, PERSON_LOOKS, SILENT_AFTER_MIN } from './people_looks';
import { isReplaying } from './replay';
import { scene } from './state';
import { wallWords } from './words';

/** The legend is the switch of the layers: what is shown, how strongly, what it means, and the same as a list. */

const GROUPS: readonly (readonly ['now' | 'analysis' | 'ground', readonly WallLayer[]])[] = [
  ['now', ['cases', 'people', 'trails', 'hazards', 'closures']],
  ['analysis', ANALYSIS_LAYERS],
  ['ground', ['streets', 'centres', 'subdistrict', 'community', 'grid', 'buildings']],
];
/** Buildings are the ground that everything stands on: there is nothing to list. */
const UNLISTED: ReadonlySet<WallLayer> = new Set(['buildings']);

export function WallLegend() {
  const t = wallMapWords();
  return (
    <details class="map-box legend wall-legend">
      <summary>
        <Icon name="layers" />
        {sharedWords().layers}
        <Icon name="chevron-down" />
      </summary>
      <div class="legend__rows">
        {GROUPS.map(([group, layers]) => (
          <section key={group}>
            <h3>{t.groups[group]}</h3>
            {layers.map(layer => (
              <Row key={layer} layer={layer} />
            ))}
          </section>
        ))}
      </div>
    </details>
  );
}

function Row({ layer }: { layer: WallLayer }) {
  const t = wallMapWords();
  const shown = shownLayers.value.has(layer);
  const name = t.layers[layer];
  return (
    <>
      <div class="legend__row">
        <Check checked={shown} onCheck={on => switchLayer(layer, on)}>
          {name}
        </Check>
        {shown && (
          <input
            type="range"
            class="legend__opacity"
            min={FAINTEST}
            max={100}
            step={10}
            value={opacityOf(layer)}
            aria-label={t.opacityOf(name)}
            title={t.opacityOf(name)}
            onInput={event => setOpacity(layer, Number(event.currentTarget.value))}
          />
        )}
        <span class="legend__sample">{sampleOf(layer)}</span>
        {!UNLISTED.has(layer) && (
          <IconButton
            icon="list"
            label={t.listOf(name)}
            pressed={listedLayer.value === layer}
            onClick={() => {
              listedLayer.value = listedLayer.value === layer ? null : layer;
              if (listedLayer.value) switchLayer(layer, true);
            }}
          />
        )}
      </div>
      {shown && <Meaning layer={layer} />}
    </>
  );
}

function sampleOf(layer: WallLayer): ComponentChildren {
  switch (layer) {
    case 'cases':
      return <Mark state="new" size={14} />;
    case 'people':
      return <Icon name="person" size={14} />;
    case 'trails':
      return <i class="swatch swatch--line" />;
    case 'hazards':
      return <i class="swatch swatch--ring" />;
    case 'closures':
      return <i class="swatch swatch--barrier" />;
    case 'density':
      return <Swatches of={['density-0', 'density-2', 'density-4', 'density-5']} />;
    case 'gi':
      return <Swatches of={GI_TOKENS} />;
    case 'circles':
    case 'reach':
      return <Swatches of={RING_TOKENS.map(([, name]) => name)} />;
    case 'streets':
      return <HueSample />;
    case 'centres':
      return <Icon name="house" size={14} />;
    case 'subdistrict':
      return <LineSample width={2} />;
    case 'community':
      return <LineSample width={1.5} dashes="5 2" />;
    case 'grid':
      return <LineSample width={1.2} dashes="2 3" />;
    default:
      return <Icon name="building" size={14} />;
  }
}

/** Classes with their numbers, and of what time they are. */
function Meaning({ layer }: { layer: WallLayer }) {
  const t = wallMapWords();
  switch (layer) {
    case 'cases':
      return (
        <>
          <ul class="marks" aria-label={wallWords().mapLegend}>
            {MARK_STATES.map(state => (
              <li key={state}>
                <Mark state={state} size={12} word />
              </li>
            ))}
          </ul>
          <p class="legend__note">{t.casesHow}</p>
        </>
      );
    case 'people':
      return (
        <div class="classes">
          <ul>
            {PERSON_LOOKS.map(look => (
              <li key={look}>
                <i
                  class={`swatch swatch--dot${look === 'silent' ? ' swatch--hollow' : ''}`}
                  style={look === 'silent' ? {} : { background: `var(--${LOOK_TOKENS[look]})` }}
                />
                {look === 'silent' ? t.looks.silent(SILENT_AFTER_MIN) : t.looks[look]}
              </li>
            ))}
          </ul>
        </div>
      );
    case 'trails':
      return <p class="legend__note">{t.trailsHow}</p>;
    case 'hazards':
      return <p class="legend__note">{t.hazardsHow}</p>;
    case 'streets':
      return <p class="legend__note">{t.streetsHow}</p>;
    case 'closures':
      return (
        <>
          <Standing asked={theClosures.asked.value} layer={layer} />
          <p class="legend__note">{t.closuresHow}</p>
        </>
      );
    case 'density': {
      const steps = densitySteps();
      const rows = steps.map((lower, place) => [densityToken(place, steps.length), number(lower)] as const);
      return (
        <>
          <HotspotChoice />
          <Standing asked={theDensity.asked.value} layer={layer} empty={steps.length === 0} />
          {rows.length > 0 && <Classes rows={rows} unit={`≥ ${t.densityUnit}`} />}
        </>
      );
    }
    case 'gi':
      return (
        <>
          {!shownLayers.value.has('density') && <HotspotChoice />}
          <TileTrouble layer={layer} />
          <Classes
            rows={[...t.giHot, t.giCold].map((word, place) => [GI_TOKENS[place] ?? '', word] as const)}
            unit={t.giUnit}
          />
        </>
      );
    case 'circles':
      return (
        <>
          <Standing asked={theRings.asked.value} layer={layer} />
          <Classes
            rows={RING_TOKENS.map(([minutes, name]) => [name, t.within(minutes)] as const)}
            unit={t.circlesHow}
          />
        </>
      );
    case 'reach':
      return <ReachMeaning />;
    default:
      return null;
  }
}

function ReachMeaning() {
  const t = wallMapWords();
  if (isReplaying.value) return <p class="legend__note">{t.reachLive}</p>;
  const about = answerIn(theReach.asked.value)?.about;
  const rows = RING_TOKENS.map(([minutes, name]) => [name, t.within(minutes)] as const);
  return (
    <>
      <Standing asked={theReach.asked.value} layer="reach" />
      <Classes rows={[...rows, [BEYOND_TOKEN, t.beyond]]} unit={about ? t.reachHow(about.on_shift) : ''} />
    </>
  );
}

/** Says what is on its way, what could not be had, and where there is nothing. */
function Standing({ asked, layer, empty }: { asked: Asked<unknown>; layer: WallLayer; empty?: boolean }) {
  const t = wallMapWords();
  if (asked.state === 'failed')
    return (
      <p class="legend__note legend__note--bad" role="alert">
        {t.layerFailed(t.layers[layer], asked.problem.detail || asked.problem.title)}
      </p>
    );
  if (asked.state === 'loading' && asked.earlier === undefined)
    return <p class="legend__note">{t.layerLoading}</p>;
  return empty && asked.state === 'ready' ? <p class="legend__note">{t.layerEmpty}</p> : null;
}

/** What a layer of tiles could not show: the map itself asked for them. */
function TileTrouble({ layer }: { layer: WallLayer }) {
  const t = wallMapWords();
  const trouble = scene.value?.troubles.value.get(layer);
  return trouble === undefined ? null : (
    <p class="legend__note legend__note--bad" role="alert">
      {t.layerFailed(t.layers[layer], trouble)}
    </p>
  );
}

function Swatches({ of }: { of: readonly string[] }) {
  return (
    <span class="swatches" aria-hidden="true">
      {of.map(name => (
        <i key={name} style={{ background: `var(--${name})` }} />
      ))}
    </span>
  );
}

function Classes({
  rows,
  unit,
}: {
  rows: readonly (readonly [token: string, word: string])[];
  unit: string;
}) {
  return (
    <div class="classes">
      {unit && <p>{unit}</p>}
      <ul>
        {rows.map(([name, word]) => (
          <li key={word}>
            <i class="swatch" style={{ background: `var(--${name})` }} />
            {word}
          </li>
        ))}
      </ul>
    </div>
  );
}

function HotspotChoice() {
  const t = wallMapWords();
  const { period, hour } = hotspotChoice.value;
  return (
    <div class="legend__choices">
      <select
        class="input"
        aria-label={t.period}
        value={period}
        onChange={event => chooseHotspots({ period: event.currentTarget.value as Period })}
      >
        {PERIODS.map(one => (
          <option key={one} value={one}>
            {t.periods[one]}
          </option>
        ))}
      </select>
      <select
        class="input"
        aria-label={t.hour}
        value={hour === null ? '' : String(hour)}
        onChange={event => {
          const { value } = event.currentTarget;
          chooseHotspots({ hour: value === '' ? null : Number(value) });
        }}
      >
        <option value="">{t.allHours}</option>
        {Array.from({ length: 24 }, (_, one) => (
          <option key={t.hourOf(one)} value={String(one)}>
            {t.hourOf(one)}
          </option>
        ))}
      </select>
    </div>
  );
}
