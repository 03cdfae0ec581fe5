import { districtWords } from '../district/words';
import { MARK_STATES } from '../shared/case_states';
import { HueSample, Legend, type LegendRow, LineSample } from '../shared/map/Legend';
import { Icon } from '../shared/parts/Icon';
import { Mark } from '../shared/parts/Mark';
import { shownLayers, switchLayer, type WallLayer } from './state';
import { wallWords } from './words';

/** Layers and what their marks mean. */
export function WallLegend() {
  const t = wallWords();
  const d = districtWords();
  const shown = shownLayers.value;
  const rows: (LegendRow & { id: WallLayer })[] = [
    { id: 'cases', name: t.layerCases, sample: <Mark state="new" size={14} /> },
    { id: 'people', name: t.layerPeople, sample: <Icon name="person" size={14} /> },
    { id: 'streets', name: d.layerStreets, sample: <HueSample /> },
    { id: 'centres', name: d.layerCentres, sample: <Icon name="house" size={14} /> },
    { id: 'subdistrict', name: d.layerSubdistrict, sample: <LineSample width={2} /> },
    { id: 'community', name: d.layerCommunity, sample: <LineSample width={1.5} dashes="5 2" /> },
    { id: 'grid', name: d.layerGrid, sample: <LineSample width={1.2} dashes="2 3" /> },
  ];
  return (
    <Legend
      rows={rows.map(row => ({ ...row, shown: shown.has(row.id) }))}
      onSwitch={(id, on) => switchLayer(id as WallLayer, on)}
      open={false}
      notes={
        <ul class="marks" aria-label={t.mapLegend}>
          {MARK_STATES.map(state => (
            <li key={state}>
              <Mark state={state} size={12} word />
            </li>
          ))}
        </ul>
      }
    />
  );
}
