import { area as areaSize, number } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Card, Facts } from '../shared/parts/Panel';
import type { AreaDetail } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import { CardActs } from './OpenCard';
import { CHILD_LEVEL, closeCard, levelOfCode, lookInside, open, subdistrictName } from './state';
import { districtWords } from './words';

export function AreaFacts({ area }: { area: AreaDetail }) {
  const t = districtWords();
  const levels = sharedWords().levels;
  const parent = area.parent;
  const inside = {
    district: t.containsSubdistricts,
    subdistrict: t.containsCommunities,
    community: t.containsGrids,
    grid: null,
  }[area.level];
  return (
    <Card
      kind={levels[area.level]}
      title={nameOf(area)}
      label={nameOf(area)}
      onClose={closeCard}
      acts={<CardActs box={area.bbox} list="areas" />}
    >
      <Facts
        of={[
          [t.households, number(area.households)],
          [t.areaSize, areaSize(area.area_m2)],
          inside !== null && [t.contains, inside(area.children)],
          [t.workers, area.workers > 0 ? t.people(area.workers) : t.nobody],
          area.level === 'grid' && [t.leader, area.leader ? nameOf(area.leader) : t.nobody],
          [t.code, area.code],
          parent !== null && [
            t.belongsTo,
            <button key="parent" type="button" class="link" onClick={() => open('area', parent)}>
              {levels[levelOfCode(parent)]} {subdistrictName(parent)}
            </button>,
          ],
        ]}
      />
      {CHILD_LEVEL[area.level] && (
        <div class="district__inside">
          <Button
            look="quiet"
            icon="list"
            onClick={() => lookInside(area.level === 'district' ? null : area.code)}
          >
            {t.openChildren}
          </Button>
        </div>
      )}
    </Card>
  );
}
