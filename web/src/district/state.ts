import { computed, signal } from '@preact/signals';
import { inAddress, putInAddress } from '../shared/address';
import { nameOf } from '../shared/language';
import type { MapScene } from '../shared/map/scene';
import { BASE_CHOICES, type BaseChoice } from '../shared/map/style';
import { answerIn, question } from '../shared/question';
import { remembered } from '../shared/remembered';
import {
  type AreaDetail,
  type AreaRow,
  type Box,
  type CentreRow,
  type District,
  fetchArea,
  fetchAreas,
  fetchCentres,
  fetchDistrict,
  fetchStreet,
  fetchStreets,
  type Level,
  type StreetDetail,
  type StreetRow,
} from '../shared/territory_api';

/** What the district page knows and shows; what a colleague should see too lives in the address. */

export const theDistrict = question<District>((_, stop) => fetchDistrict(stop));
export const theStreets = question<StreetRow[]>((_, stop) => fetchStreets(stop));
export const theCentres = question<CentreRow[]>((_, stop) => fetchCentres(stop));
export const theAreas = question<AreaRow[], { level: Level; parent: string }>(({ level, parent }, stop) =>
  fetchAreas(level, parent, stop),
);
export const theSubdistricts = question<AreaRow[], string>((code, stop) =>
  fetchAreas('subdistrict', code, stop),
);
export const theArea = question<AreaDetail, string>((code, stop) => fetchArea(code, stop));
export const theStreet = question<StreetDetail, string>((id, stop) => fetchStreet(id, stop));

export const scene = signal<MapScene | null>(null);

export const LIST_TABS = ['areas', 'streets', 'centres'] as const;
export type ListTab = (typeof LIST_TABS)[number];
export const listTab = computed<ListTab>(() => LIST_TABS.find(tab => tab === inAddress('list')) ?? 'areas');
export const openTab = (tab: ListTab) => putInAddress({ list: tab === 'areas' ? null : tab });

/** The area whose children the list shows; null for the district. */
export const listParent = computed(() => inAddress('in'));
export const lookInside = (code: string | null) => putInAddress({ in: code, list: null }, true);

const LAYERS_AT_FIRST: readonly BaseChoice[] = BASE_CHOICES;
// Moving the map changes the address too: only another list of layers is another picture.
const layersText = computed(() => inAddress('layers'));
export const shownLayers = computed<ReadonlySet<BaseChoice>>(() => {
  const text = layersText.value;
  if (text === null) return new Set(LAYERS_AT_FIRST);
  const wanted = text.split(',');
  return new Set(BASE_CHOICES.filter(layer => wanted.includes(layer)));
});
export function switchLayer(layer: BaseChoice, shown: boolean): void {
  const next = BASE_CHOICES.filter(one => (one === layer ? shown : shownLayers.value.has(one)));
  putInAddress({ layers: next.length === LAYERS_AT_FIRST.length ? null : next.join(',') || 'none' });
}

export type OpenKind = 'area' | 'street' | 'centre';
export interface Opened {
  kind: OpenKind;
  id: string;
}
/** What has its card open. */
export const opened = computed<Opened | null>(() => {
  const [kind, ...rest] = (inAddress('open') ?? '').split(':');
  const id = rest.join(':');
  return id && (kind === 'area' || kind === 'street' || kind === 'centre') ? { kind, id } : null;
});
export function open(kind: OpenKind, id: string, box?: Box): void {
  putInAddress({ open: `${kind}:${id}` }, true);
  if (box) scene.value?.showBox(box);
}
export const closeCard = () => putInAddress({ open: null }, true);

const isWidth = (value: unknown): value is number => typeof value === 'number' && value > 0;
export const sideWidth = remembered('district.side', 320, isWidth);

/** The level of an area by the length of its code (GB/T 30428.1: 6, 9, 12 and 15 digits). */
export function levelOfCode(code: string): Level {
  if (code.length <= 6) return 'district';
  if (code.length <= 9) return 'subdistrict';
  return code.length <= 12 ? 'community' : 'grid';
}

export const CHILD_LEVEL: Record<Level, Level | null> = {
  district: 'subdistrict',
  subdistrict: 'community',
  community: 'grid',
  grid: null,
};

/** A subdistrict is called by its name; any other area, and one not known yet, by its code. */
export function subdistrictName(code: string): string {
  const known = answerIn(theSubdistricts.asked.value)?.find(area => area.code === code);
  return known ? nameOf(known) : code;
}
