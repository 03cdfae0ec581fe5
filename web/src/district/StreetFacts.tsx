import { area as areaSize, distance } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Card, Facts } from '../shared/parts/Panel';
import type { Member, StreetDetail } from '../shared/territory_api';
import { postName, sharedWords } from '../shared/words';
import { CardActs } from './OpenCard';
import { closeCard, open, subdistrictName } from './state';
import { districtWords } from './words';

export function StreetFacts({ street }: { street: StreetDetail }) {
  const t = districtWords();
  const { members } = street;
  const onShift = members.filter(member => member.on_shift).length;
  return (
    <Card
      kind={
        <>
          <i class={`hue hue--${street.hue}`} />
          {sharedWords().street}
        </>
      }
      title={nameOf(street)}
      label={nameOf(street)}
      onClose={closeCard}
      acts={<CardActs box={street.bbox} list="streets" />}
    >
      <Facts
        of={[
          [t.chief, street.chief ? nameOf(street.chief) : t.nobody],
          [t.length, distance(street.length_m)],
          [t.streetArea, areaSize(street.area_m2)],
          [t.width, distance(street.width_m)],
          [
            t.subdistrict,
            <button key="area" type="button" class="link" onClick={() => open('area', street.subdistrict)}>
              {subdistrictName(street.subdistrict)}
            </button>,
          ],
        ]}
      />
      <h3 class="district__heading">
        {t.taskForce}
        {members.length > 0 && <span class="quiet small">{t.onShiftOf(onShift, members.length)}</span>}
      </h3>
      {members.length === 0 ? <p class="quiet">{t.noTaskForce}</p> : <Members members={members} />}
    </Card>
  );
}

function Members({ members }: { members: readonly Member[] }) {
  const t = districtWords();
  return (
    <ul class="members">
      {members.map(member => (
        <li key={member.id}>
          <span class={`members__dot${member.on_shift ? ' members__dot--on' : ''}`} />
          <span class="one-line">{nameOf(member)}</span>
          <span class="quiet small">{postName(member.post)}</span>
          <span class="small number">{member.on_shift ? t.onShift : t.offShift}</span>
        </li>
      ))}
    </ul>
  );
}
