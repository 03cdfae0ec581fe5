import { ask, askAll } from './api';

/** What the server says of the district, its areas, streets and centres. */

export const LEVELS = ['district', 'subdistrict', 'community', 'grid'] as const;
export type Level = (typeof LEVELS)[number];

/** West, south, east, north in WGS 84 degrees. */
export type Box = [number, number, number, number];

export interface Named {
  name: string;
  name_en: string;
}

export interface District extends Named {
  code: string;
  synthetic: boolean;
  simulation: boolean;
  bbox: Box;
  /** The versions in force, by dataset; a tile asked for by its version may be kept for ever. */
  versions: Record<'boundaries' | 'streets' | 'roads' | 'places' | 'base', number>;
  counts: Record<string, number>;
}

export interface AreaRow extends Named {
  code: string;
  level: Level;
  parent: string | null;
  households: number;
  bbox: Box;
}

export interface PersonName {
  id: string;
  name: string;
  name_en: string;
}

export interface AreaDetail extends AreaRow {
  area_m2: number;
  /** How many areas of the next level lie in it. */
  children: number;
  /** How many full-time grid workers are posted in it. */
  workers: number;
  leader: PersonName | null;
}

interface Street extends Named {
  id: string;
  subdistrict: string;
  /** Its task force's hue, 0 to 7. */
  hue: number;
  width_m: number;
  length_m: number;
  area_m2: number;
  bbox: Box;
  chief: PersonName | null;
}

export interface StreetRow extends Street {
  /** How many there are. */
  members: number;
  /** How many of them are on shift now. */
  on_shift: number;
}

export interface Member extends PersonName {
  post: string;
  is_chief: boolean;
  on_shift: boolean;
}

export interface StreetDetail extends Street {
  task_force: string | null;
  members: Member[];
}

export interface CentreRow extends Named {
  id: string;
  kind: string;
  tier: string;
  floor_area_m2: number;
  at: [lon: number, lat: number];
}

export type FoundKind = 'area' | 'street' | 'centre' | 'estate';

export interface Found extends Named {
  kind: FoundKind;
  id: string;
  level: Level | null;
  bbox: Box;
  at: [lon: number, lat: number];
}

/** Where a point lies; null outside the district, and then the nearest grid is named. */
export interface Located {
  district: string | null;
  subdistrict: string | null;
  community: string | null;
  grid: string | null;
  street: string | null;
  street_distance_m: number | null;
  nearest_area: string;
  nearest_m: number;
}

export const fetchDistrict = (signal?: AbortSignal) => ask<District>('/district', signal ? { signal } : {});
export const fetchArea = (code: string, signal: AbortSignal) => ask<AreaDetail>(`/areas/${code}`, { signal });
export const fetchAreas = (level: Level, parent: string | undefined, signal: AbortSignal) =>
  askAll<AreaRow>('/areas', { query: { level, parent }, signal });
export const fetchStreets = (signal: AbortSignal) => askAll<StreetRow>('/streets', { signal });
export const fetchStreet = (id: string, signal: AbortSignal) =>
  ask<StreetDetail>(`/streets/${id}`, { signal });
export const fetchCentres = (signal: AbortSignal) => askAll<CentreRow>('/centres', { signal });
export const fetchLocation = (lon: number, lat: number, signal: AbortSignal) =>
  ask<Located>('/locate', { query: { lon, lat }, signal });

export const searchPlaces = (text: string, signal: AbortSignal) =>
  ask<Found[]>('/search', { query: { q: text }, signal });
