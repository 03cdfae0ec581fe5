import { HueSample, Legend, type LegendRow, LineSample } from '../shared/map/Legend';
import type { BaseChoice } from '../shared/map/style';
import { Icon } from '../shared/parts/Icon';
import { shownLayers, switchLayer } from './state';
import { districtWords } from './words';

function layerNames(): Record<BaseChoice, string> {
  const t = districtWords();
  return {
    subdistrict: t.layerSubdistrict,
    community: t.layerCommunity,
    grid: t.layerGrid,
    streets: t.layerStreets,
    centres: t.layerCentres,
    buildings: t.layerBuildings,
  };
}

/** What the map shows, by name: for the foot of a picture of it. */
export function shownLayerNames(): string[] {
  const names = layerNames();
  return [...shownLayers.value].map(layer => names[layer]);
}

/** What the map shows, how it is drawn, and a box to switch it. */
export function DistrictLegend() {
  const t = districtWords();
  const shown = shownLayers.value;
  const rows: (LegendRow & { id: BaseChoice })[] = [
    { id: 'subdistrict', name: t.layerSubdistrict, sample: <LineSample width={2} /> },
    { id: 'community', name: t.layerCommunity, sample: <LineSample width={1.5} dashes="5 2" /> },
    { id: 'grid', name: t.layerGrid, sample: <LineSample width={1.2} dashes="2 3" /> },
    { id: 'streets', name: t.layerStreets, sample: <HueSample /> },
    { id: 'centres', name: t.layerCentres, sample: <Icon name="house" size={14} /> },
    { id: 'buildings', name: t.layerBuildings, sample: <Icon name="building" size={14} /> },
  ];
  return (
    <Legend
      rows={rows.map(row => ({ ...row, shown: shown.has(row.id) }))}
      onSwitch={(id, on) => switchLayer(id as BaseChoice, on)}
      notes={t.layersNote}
      open={!matchMedia('(max-width: 700px), (max-height: 700px)').matches}
    />
  );
}
