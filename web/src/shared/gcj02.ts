/** China's public maps shift WGS 84 by some hundreds of metres (GCJ-02); formulas as in geo/coordinates.py. */

const AXIS_M = 6_378_245;
const ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943;

export interface LonLat {
  lon: number;
  lat: number;
}

function waves(x: number): number {
  return ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;
}

function latitudeShift(x: number, y: number): number {
  const turn = Math.PI;
  const drift = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x));
  const north = ((20 * Math.sin(y * turn) + 40 * Math.sin((y / 3) * turn)) * 2) / 3;
  const far = ((160 * Math.sin((y / 12) * turn) + 320 * Math.sin((y * turn) / 30)) * 2) / 3;
  return drift + waves(x) + north + far;
}

function longitudeShift(x: number, y: number): number {
  const turn = Math.PI;
  const drift = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
  const east = ((20 * Math.sin(x * turn) + 40 * Math.sin((x / 3) * turn)) * 2) / 3;
  const far = ((150 * Math.sin((x / 12) * turn) + 300 * Math.sin((x / 30) * turn)) * 2) / 3;
  return drift + waves(x) + east + far;
}

function isInChina({ lon, lat }: LonLat): boolean {
  return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

export function wgs84ToGcj02(place: LonLat): LonLat {
  if (!isInChina(place)) return place;
  const x = place.lon - 105;
  const y = place.lat - 35;
  const latitude = (place.lat / 180) * Math.PI;
  const flat = 1 - ECCENTRICITY_SQUARED * Math.sin(latitude) ** 2;
  const root = Math.sqrt(flat);
  const metresPerRadianNorth = (AXIS_M * (1 - ECCENTRICITY_SQUARED)) / (flat * root);
  const metresPerRadianEast = (AXIS_M / root) * Math.cos(latitude);
  return {
    lon: place.lon + (longitudeShift(x, y) * 180) / (metresPerRadianEast * Math.PI),
    lat: place.lat + (latitudeShift(x, y) * 180) / (metresPerRadianNorth * Math.PI),
  };
}
