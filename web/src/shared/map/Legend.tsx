import type { ComponentChildren } from 'preact';
import { STREET_HUES } from '../palette';
import { Check } from '../parts/Field';
import { Icon } from '../parts/Icon';
import { sharedWords } from '../words';

export interface LegendRow {
  id: string;
  name: string;
  /** How it looks on the map. */
  sample: ComponentChildren;
  /** Undefined for what is always shown. */
  shown?: boolean;
}

interface LegendProps {
  rows: readonly LegendRow[];
  onSwitch: (id: string, shown: boolean) => void;
  notes?: ComponentChildren;
  open?: boolean;
}

/** The legend is the layer switch: what a line says is what its box shows or hides. */
export function Legend({ rows, onSwitch, notes, open = true }: LegendProps) {
  const t = sharedWords();
  return (
    <details class="map-box legend" open={open}>
      <summary>
        <Icon name="layers" />
        {t.layers}
        <Icon name="chevron-down" />
      </summary>
      <div class="legend__rows">
        {rows.map(row => (
          <div class="legend__row" key={row.id}>
            {row.shown === undefined ? (
              <span class="check">{row.name}</span>
            ) : (
              <Check checked={row.shown} onCheck={shown => onSwitch(row.id, shown)}>
                {row.name}
              </Check>
            )}
            <span class="legend__sample">{row.sample}</span>
          </div>
        ))}
        {notes && <div class="legend__note">{notes}</div>}
      </div>
    </details>
  );
}

export function LineSample({ width, dashes }: { width: number; dashes?: string }) {
  return (
    <svg width="28" height="8" aria-hidden="true">
      <line
        x1="1"
        x2="27"
        y1="4"
        y2="4"
        stroke="var(--map-boundary)"
        stroke-width={width}
        stroke-dasharray={dashes}
      />
    </svg>
  );
}

/** The task forces' eight hues side by side. */
export function HueSample() {
  return (
    <span class="hues" aria-hidden="true">
      {Array.from({ length: STREET_HUES }, (_, hue) => (
        <i key={hue} class={`hue--${hue}`} />
      ))}
    </span>
  );
}
