import { area as areaSize, coordinates } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Icon } from '../shared/parts/Icon';
import { Card, Facts } from '../shared/parts/Panel';
import type { CentreRow } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import { CardActs } from './OpenCard';
import { centreKind } from './SideList';
import { closeCard } from './state';
import { districtWords } from './words';

export function CentreFacts({ centre }: { centre: CentreRow }) {
  const t = districtWords();
  const { tier, tiers }: { tier: string; tiers: Record<string, string> } = sharedWords();
  const [lon, lat] = centre.at;
  return (
    <Card
      kind={
        <>
          <Icon name="house" size={14} />
          {sharedWords().centre}
        </>
      }
      title={nameOf(centre)}
      label={nameOf(centre)}
      onClose={closeCard}
      acts={<CardActs box={[lon, lat, lon, lat]} list="centres" />}
    >
      <Facts
        of={[
          [t.centreKind, centreKind(centre.kind)],
          [tier, tiers[centre.tier] ?? centre.tier],
          [t.floorArea, areaSize(centre.floor_area_m2)],
          [t.place, coordinates(lon, lat)],
          [t.code, centre.id],
        ]}
      />
    </Card>
  );
}
