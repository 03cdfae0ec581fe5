import { number } from '../shared/formats';
import type { Today } from './figures';
import { wallWords } from './words';

interface SparklineProps {
  today: Today;
  line: 'reported' | 'settled';
  width: number;
  height: number;
}

const EDGE_PX = 2;

/** The day so far, hour upon hour, before the usual day; the figures are said as well. */
export function Sparkline({ today, line, width, height }: SparklineProps) {
  const soFar = summed(today.hours.map(hour => hour[line]));
  const usual = summed(today.hours.map(hour => hour[`usual_${line}`]));
  const most = Math.max(1, ...soFar, ...usual);
  const points = (values: readonly number[]) =>
    values
      .map((value, place) => {
        const x = EDGE_PX + (place / (today.hours.length - 1)) * (width - 2 * EDGE_PX);
        const y = height - EDGE_PX - (value / most) * (height - 2 * EDGE_PX);
        return `${x.toFixed(1)},${y.toFixed(1)}`;
      })
      .join(' ');
  const said = soFarInWords(today, line);
  return (
    <svg class="sparkline" role="img" aria-label={said} width={width} height={height}>
      <title>{said}</title>
      {today.usual_days > 0 && <polyline class="sparkline__usual" points={points(usual)} />}
      <polyline class="sparkline__now" points={points(soFar)} />
    </svg>
  );
}

/** How many so far, beside the usual of this hour. */
export function soFarInWords(today: Today, line: SparklineProps['line']): string {
  const t = wallWords();
  const soFar = summed(today.hours.map(hour => hour[line]));
  const usual = summed(today.hours.map(hour => hour[`usual_${line}`]));
  const now = number(soFar.at(-1) ?? 0);
  return today.usual_days === 0
    ? t.noUsualDay(now)
    : t.besideUsual(now, number(usual[soFar.length - 1] ?? 0));
}

/** Running sums, up to the hour that is still to come. */
export function summed(values: readonly (number | null)[]): number[] {
  const sums: number[] = [];
  let sum = 0;
  for (const value of values) {
    if (value === null) break;
    sum += value;
    sums.push(sum);
  }
  return sums;
}
