const EARTH_AROUND_M = 40_075_016.686;
const WIDEST_SCALE_PX = 110;

/** The length of a circle of latitude. */
export const earthAroundM = (lat: number) => EARTH_AROUND_M * Math.cos((lat * Math.PI) / 180);

/** The longest round distance that fits, and how wide it is drawn. */
export function scaleBar(lat: number, zoom: number): { metres: number; px: number } {
  const metresPerPx = earthAroundM(lat) / (512 * 2 ** zoom);
  const most = metresPerPx * WIDEST_SCALE_PX;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2, 1].find(factor => factor * power <= most) ?? 1;
  return { metres: step * power, px: (step * power) / metresPerPx };
}
