import { ask } from '../shared/api';
import { may } from '../shared/session';
import { HOUR_MS, replayMoment, shownTracks } from './replay';
import { type ReplayedPerson, wayBefore } from './replay_tracks';
import { stepAt, TRAIL_MS, type Way } from './trails';

/** The ways that the server kept: of a replay, and of the minutes before this page began to listen. */

export function replayedTrails(): Way[] {
  const [moment, tracks] = [replayMoment.peek(), shownTracks.peek()];
  if (moment === null || !tracks) return [];
  const second = (moment % HOUR_MS) / 1000;
  return tracks.flatMap(one => {
    const way = wayBefore(one, second, TRAIL_MS / 1000);
    return way.length > 1 ? [way.map(([lon, lat]) => stepAt(moment, lon, lat))] : [];
  });
}

/** What everybody walked in the last minutes; nothing where it may not be seen or could not be had. */
export async function walkedBefore(): Promise<[person: string, way: Way][]> {
  if (!may('view_positions')) return [];
  const until = Date.now();
  const since = until - TRAIL_MS;
  const span = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
  try {
    const people = await ask<ReplayedPerson[]>('/replay/tracks', { query: span });
    return people.map(({ person, t_s, lon, lat }) => [
      person,
      t_s.map((t, place) => stepAt(since + t * 1000, lon[place] ?? 0, lat[place] ?? 0)),
    ]);
  } catch {
    return [];
  }
}
