import { computed, signal } from '@preact/signals';
import { inAddress, putInAddress } from '../shared/address';
import { ask } from '../shared/api';
import type { MapScene } from '../shared/map/scene';
import { question } from '../shared/question';
import { type District, fetchDistrict } from '../shared/territory_api';

export const LIMITS = [5, 10, 15] as const;
export type TravelMode = 'walk' | 'ebike' | 'drive';
export const MODES: readonly TravelMode[] = ['walk', 'ebike', 'drive'];

export interface AreaShare {
  level: 'district' | 'subdistrict' | 'community' | 'grid';
  code: string;
  name: string;
  name_en: string;
  households: number;
  within: [number, number, number];
  left_out: number;
  share_floor_500: number;
  share_floor_1000: number;
}
export interface CentreLoad {
  id: string;
  name: string;
  name_en: string;
  at: [lon: number, lat: number];
  in_service: boolean;
  within: [number, number, number];
  nearest: number;
}
export interface LeftOut {
  at: [lon: number, lat: number];
  households: number;
  minutes: number | null;
}
export interface Coverage {
  minutes: [number, number, number];
  mode: string;
  households: number;
  share_covered: number;
  areas: AreaShare[];
  centres: CentreLoad[];
  left_out: LeftOut[];
  left_out_more: number;
}

/** Grids with `ring`, the smallest limit within which somebody on shift is there. */
export interface ShiftReach extends GeoJSON.FeatureCollection {
  about: { on_shift: number; nowhere: number; grids: number; within: [number, number, number] };
}

const isMode = (text: string | null): text is TravelMode => MODES.includes(text as TravelMode);
const asked = inAddress('mode');
export const mode = signal<TravelMode>(isMode(asked) ? asked : 'walk');
/** '14:30' on today's date, or '' for any hour. */
export const hour = signal(inAddress('hour') ?? '');
/** What the map shows: the rings of the centres, or the grids that those on shift reach now. */
export const shows = signal<'centres' | 'shift'>(inAddress('show') === 'shift' ? 'shift' : 'centres');
/** The centre whose rings are drawn; null for all of them. */
export const chosen = signal<string | null>(null);
export const scene = signal<MapScene | null>(null);

const when = computed(() => {
  if (!hour.value) return undefined;
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
  return `${today}T${hour.value}:00`;
});

export const theDistrict = question<District>((_, stop) => fetchDistrict(stop));
export const theCoverage = question<Coverage>((_, stop) =>
  ask<Coverage>('/coverage', { query: { mode: mode.value, at: when.value }, signal: stop }),
);
export const theRings = question<GeoJSON.FeatureCollection>((_, stop) =>
  ask<GeoJSON.FeatureCollection>('/coverage/rings', {
    query: { mode: mode.value, at: when.value, centre: chosen.value ?? undefined },
    signal: stop,
  }),
);

export const theReach = question<ShiftReach>((_, stop) =>
  ask<ShiftReach>('/coverage/reach', { query: { mode: mode.value }, signal: stop }),
);

/** Ask anew after the pace, the hour or the chosen centre changed; a link shows the same picture. */
export function askAgain(): void {
  putInAddress({
    mode: mode.value === 'walk' ? null : mode.value,
    hour: hour.value || null,
    show: shows.value === 'shift' ? 'shift' : null,
  });
  void theCoverage.put();
  if (shows.value === 'shift') void theReach.put();
  else void theRings.put();
}
