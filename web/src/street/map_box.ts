import type { Box } from '../shared/territory_api';
import type { Point } from './tasks_api';

/** About 110 m: a single place is not shown so close that nothing is around it. */
const LEAST_DEG = 0.001;

/** The box around some places. */
export function boxAround(places: readonly Point[]): Box {
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  return [
    Math.min(...lons) - LEAST_DEG,
    Math.min(...lats) - LEAST_DEG,
    Math.max(...lons) + LEAST_DEG,
    Math.max(...lats) + LEAST_DEG,
  ];
}

/** Metres between two places as the crow flies; good to a percent within a city. */
export function metresBetween(one: Point, other: Point): number {
  const east = (one[0] - other[0]) * 111_320 * Math.cos((one[1] * Math.PI) / 180);
  return Math.hypot(east, (one[1] - other[1]) * 110_540);
}

/** Which places would cover each other: every group around its first, in the order in which they came. */
export function gathered(places: readonly Point[], within_m: number): number[][] {
  const groups: number[][] = [];
  places.forEach((place, number) => {
    const near = groups.find(([first]) => metresBetween(places[first as number] as Point, place) <= within_m);
    if (near) near.push(number);
    else groups.push([number]);
  });
  return groups;
}
