import type { Feature } from 'geojson';
import { ask } from '../shared/api';
import { may } from '../shared/session';
import { HOUR_MS, replayMoment, shownTracks } from './replay';
import { type ReplayedPerson, wayBefore } from './replay_tracks';
import { TRAIL_MS, trailFeature } from './trails';

/** The ways that the server kept: of a replay, and of the minutes before this page began to listen. */

export function replayedTrails(): Feature[] {
  const [moment, tracks] = [replayMoment.peek(), shownTracks.peek()];
  if (moment === null || !tracks) return [];
  const second = (moment % HOUR_MS) / 1000;
  return tracks.flatMap(one => {
    const way = wayBefore(one, second, TRAIL_MS / 1000);
    return way.length > 1 ? [trailFeature(one.person, way)] : [];
  });
}

type Way = [person: string, steps: { at: number; lon: number; lat: number }[]];

/** What everybody walked in the last minutes; nothing where it may not be seen or could not be had. */
export async function walkedBefore(): Promise<Way[]> {
  if (!may('view_positions')) return [];
  const until = Date.now();
  const since = until - TRAIL_MS;
  const span = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
  try {
    const people = await ask<ReplayedPerson[]>('/replay/tracks', { query: span });
    return people.map(({ person, t_s, lon, lat }) => [
      person,
      t_s.map((t, place) => ({ at: since + t * 1000, lon: lon[place] ?? 0, lat: lat[place] ?? 0 })),
    ]);
  } catch {
    return [];
  }
}
