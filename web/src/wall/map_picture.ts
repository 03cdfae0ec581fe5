import { MARK_SHAPES, MARK_STATES } from '../shared/case_states';
import { dateAndTime, number } from '../shared/formats';
import type { LegendMark, PictureNotes } from '../shared/map/picture';
import { STREET_HUES, token, tokens } from '../shared/palette';
import { answerIn } from '../shared/question';
import { sharedWords } from '../shared/words';
import { densityToken, GI_TOKENS, RING_TOKENS } from './analysis_layers';
import { shownLayers, theDensity, WALL_LAYERS, type WallLayer } from './layers';
import { wallMapWords } from './map_words';
import { isReplaying } from './replay';
import { shownMoment } from './state';

/** What stands around the map when it is carried away: which moment it shows, and what its marks mean. */
export function pictureNotes(district: string, madeBy: string): PictureNotes {
  const t = wallMapWords();
  const moment = dateAndTime(shownMoment.peek());
  return {
    title: t.pictureTitle(district, moment) + (isReplaying.peek() ? t.pictureReplay : ''),
    legend: WALL_LAYERS.filter(layer => shownLayers.peek().has(layer)).flatMap(legendOf),
    madeBy,
  };
}

const DISC = 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12z';
const RING = `${DISC}M8 4.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7z`;
const HOUSE = 'M8 2l6 5v7H2V7z';

function legendOf(layer: WallLayer): LegendMark[] {
  const t = wallMapWords();
  const text = t.layers[layer];
  const mark = (shape: string, name: string): LegendMark[] => [
    { text, colour: token(name), kind: 'mark', shape },
  ];
  const boundary = (thick: number, dashes: readonly number[] = []): LegendMark[] => [
    { text, colour: token('map-boundary'), kind: 'line', thick, dashes },
  ];
  const fill = (text: string, name: string): LegendMark => ({ text, colour: token(name), kind: 'fill' });
  switch (layer) {
    case 'cases':
      return MARK_STATES.map(state => ({
        text: sharedWords().states[state],
        colour: token(`state-${state}`),
        kind: 'mark',
        shape: MARK_SHAPES[state],
      }));
    case 'closures':
      return [{ text, colour: token('ink'), kind: 'line' }];
    case 'density': {
      const lowers = densitySteps();
      return lowers.map((lower, place) =>
        fill(`${t.densityFrom(number(lower))} ${t.densityUnit}`, densityToken(place, lowers.length)),
      );
    }
    case 'gi':
      return [...t.giHot, t.giCold].map((text, place) =>
        fill(`${t.layers.gi}: ${text}`, GI_TOKENS[place] ?? ''),
      );
    case 'circles':
    case 'reach':
      return RING_TOKENS.map(([minutes, name]) => fill(`${t.layers[layer]} ${t.within(minutes)}`, name));
    case 'people':
      return mark(DISC, 'ink-2');
    case 'trails':
      return [{ text, colour: token('accent'), kind: 'line', thick: 3 }];
    case 'hazards':
      return mark(RING, 'ink');
    case 'streets':
      return [{ text, colour: tokens('hue', STREET_HUES), kind: 'line' }];
    case 'centres':
      return mark(HOUSE, 'ink-2');
    case 'subdistrict':
      return boundary(2);
    case 'community':
      return boundary(1.5, [5, 2]);
    case 'grid':
      return boundary(1.2, [2, 3]);
    case 'buildings':
      return [fill(text, 'map-building')];
  }
}

/** Where the classes of the density begin. */
export function densitySteps(): number[] {
  const shapes = answerIn(theDensity.asked.value)?.features ?? [];
  return [...new Set(shapes.map(one => one.properties.lower))].sort((one, other) => one - other);
}
