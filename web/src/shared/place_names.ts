import { ask } from './api';
import { nameOf } from './language';
import { remembered } from './remembered';
import type { Named } from './territory_api';
import { sharedWords } from './words';

/** What streets and areas are called, asked for when first shown; kept, so that a name needs no network. */

const MOST = 300;
const AGAIN_MS = 30_000;

const isNames = (value: unknown): value is Record<string, Named> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const names = remembered<Record<string, Named>>('place-names', {}, isNames);
const asked = new Set<string>();

/** The name at an address of the server; nothing as long as it is not known. Read while rendering. */
function nameAt(address: string): string {
  const known = names.value[address];
  if (known) return nameOf(known);
  if (!asked.has(address)) void learn(address);
  return '';
}

async function learn(address: string): Promise<void> {
  asked.add(address);
  try {
    const { name, name_en } = (await ask<Named | null>(address)) ?? { name: '', name_en: '' };
    const others = Object.entries(names.value).slice(1 - MOST);
    names.value = Object.fromEntries([...others, [address, { name, name_en }]]);
  } catch {
    // No network, most likely: whoever still shows it then asks again.
    setTimeout(() => asked.delete(address), AGAIN_MS);
  }
}

/** An area by its name, or by its code as long as that is all there is. */
export const areaName = (code: string): string => nameAt(`/areas/${code}`) || code;

/** Where something is: its street and its grid, as people call them, and what it is near to. */
export function placeInWords(of: {
  at: readonly [lon: number, lat: number];
  street: string | null;
  area: string | null;
  nearest_area: string | null;
}): string {
  const area = of.area ?? of.nearest_area;
  const [lon, lat] = of.at;
  const landmark = nameAt(`/landmark?lon=${lon}&lat=${lat}`);
  return [
    of.street && nameAt(`/streets/${of.street}`),
    area && areaName(area),
    landmark && sharedWords().nearTo(landmark),
  ]
    .filter(Boolean)
    .join(' · ');
}
