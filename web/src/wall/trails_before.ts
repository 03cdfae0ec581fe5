import { ask } from '../shared/api';
import type { Position } from '../shared/case_api';
import { may } from '../shared/session';
import { HOUR_MS, isReplaying, replayMoment, shownTracks } from './replay';
import { type ReplayedPerson, wayBefore } from './replay_tracks';
import { stepAt, TRAIL_MS, Trails, type Way, type Ways } from './trails';

/** The ways of the moment shown: as the stream told them, and as the server kept those of a replay or from before. */

const livingTrails = new Trails();

/** Note where everybody is now; what was walked before is asked for once, when trails begin to be looked at. */
export function noteTrails(people: readonly Position[], onMore: () => void): void {
  livingTrails.note(people);
  if (beforeIsAsked) return;
  beforeIsAsked = true;
  void walkedBefore().then(before => {
    for (const [person, way] of before) livingTrails.begin(person, way);
    onMore();
  });
}
let beforeIsAsked = false;
export function forgetTrails(): void {
  beforeIsAsked = false;
}

/** The ways of the last minutes before the moment shown. */
export const shownWays = () => (isReplaying.peek() ? replayedTrails() : livingTrails.ways(Date.now()));

function replayedTrails(): Ways {
  const [moment, tracks] = [replayMoment.peek(), shownTracks.peek()];
  const found = new Map<string, Way>();
  if (moment === null || !tracks) return found;
  const second = (moment % HOUR_MS) / 1000;
  for (const one of tracks) {
    const way = wayBefore(one, second, TRAIL_MS / 1000);
    if (way.length > 1)
      found.set(
        one.person,
        way.map(([lon, lat]) => stepAt(moment, lon, lat)),
      );
  }
  return found;
}

/** What everybody walked in the last minutes; nothing where it may not be seen or could not be had. */
async function walkedBefore(): Promise<[person: string, way: Way][]> {
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
