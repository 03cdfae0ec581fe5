import type { Position } from '../shared/case_api';
import { lastAtOrBefore } from './replay_day';

/** Where people were at any moment of an hour, from the thinned tracks that the server keeps. */

export interface ReplayedPerson {
  person: string;
  name: string;
  name_en: string;
  post: string;
  /** Seconds since the span began; less than nothing for the last place of before. */
  t_s: number[];
  lon: number[];
  lat: number[];
  duty_s: [begins: number, ends: number][];
}

/** Between two fixes that lie farther apart nobody knows the way: the person stays at the first. */
const GLIDES_AT_MOST_S = 180;
/** Who was on no roster is shown as long as his phone kept sending. */
const SEEN_WITHIN_S = 300;

/** Where somebody was, so many seconds into the span; null when he was not out. */
export function placeAt(
  one: ReplayedPerson,
  second: number,
): [lon: number, lat: number, seenS: number] | null {
  const place = lastAtOrBefore(one.t_s, second);
  const [t, lon, lat] = [one.t_s[place], one.lon[place], one.lat[place]];
  if (t === undefined || lon === undefined || lat === undefined) return null;
  const onDuty = one.duty_s.some(([begins, ends]) => begins <= second && second < ends);
  if (!onDuty && second - t > SEEN_WITHIN_S) return null;
  const next = one.t_s[place + 1];
  if (next === undefined || next - t > GLIDES_AT_MOST_S || next === t) return [lon, lat, t];
  const share = (second - t) / (next - t);
  const [lonNext = lon, latNext = lat] = [one.lon[place + 1], one.lat[place + 1]];
  return [lon + (lonNext - lon) * share, lat + (latNext - lat) * share, t];
}

/** Everybody who was out at a moment, as the live list would have told it. */
export function peopleAt(tracks: readonly ReplayedPerson[], since: number, moment: number): Position[] {
  const second = (moment - since) / 1000;
  return tracks.flatMap(one => {
    const found = placeAt(one, second);
    if (!found) return [];
    const [lon, lat, seenS] = found;
    const { person, name, name_en, post } = one;
    return [
      {
        person,
        name,
        name_en,
        post,
        lon,
        lat,
        at: new Date(since + seenS * 1000).toISOString(),
        accuracy_m: null,
      },
    ];
  });
}

/** The way that somebody came in the last so many seconds before a moment. */
export function wayBefore(one: ReplayedPerson, second: number, spanS: number): [number, number][] {
  const way: [number, number][] = [];
  for (const [place, t] of one.t_s.entries()) {
    if (t > second) break;
    if (t >= second - spanS) way.push([one.lon[place] ?? 0, one.lat[place] ?? 0]);
  }
  const now = placeAt(one, second);
  if (now) way.push([now[0], now[1]]);
  return way;
}
