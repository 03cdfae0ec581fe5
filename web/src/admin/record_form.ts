/** One field of a form that adds or changes something. */
export interface RecordField {
  id: string;
  label: string;
  hint?: string;
  kind?: 'text' | 'number' | 'datetime' | 'check' | 'choice' | 'person' | 'place' | 'street';
  choices?: readonly { id: string; title: string }[];
  required?: boolean;
}

export type Values = Record<string, string | boolean>;

/** A number as the server wants it; nothing where nothing was typed. */
export const numberIn = (value: string | boolean | undefined): number | undefined =>
  typeof value === 'string' && value.trim() ? Number(value) : undefined;

/** A moment typed by the clock of this machine; null for none. */
export const momentIn = (value: string | boolean | undefined): string | null =>
  typeof value === 'string' && value ? new Date(value).toISOString() : null;

const two = (number: number) => String(number).padStart(2, '0');

/** The same the other way: what a field for a moment shows. */
export function momentShown(when: Date): string {
  const day = `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
  return `${day}T${two(when.getHours())}:${two(when.getMinutes())}`;
}

/** A place as one field holds it: longitude and latitude. */
export function placeIn(value: string | boolean | undefined): { lon: number; lat: number } | null {
  const [lon, lat] = String(value ?? '')
    .split(/[,，\s]+/)
    .map(Number);
  return Number.isFinite(lon) && Number.isFinite(lat) && lat !== undefined && lon !== undefined
    ? { lon, lat }
    : null;
}
