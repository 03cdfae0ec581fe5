import { useEffect } from 'preact/hooks';
import type { Position } from '../shared/case_api';
import { distance, duration, number, shortMoment } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button, IconButton } from '../shared/parts/Button';
import { Card, Facts } from '../shared/parts/Panel';
import { Shown } from '../shared/parts/States';
import { question } from '../shared/question';
import { fetchStreet, type StreetDetail } from '../shared/territory_api';
import { postName, sharedWords } from '../shared/words';
import { isUnderWay } from './case_marks';
import { HotspotCard } from './HotspotCard';
import { closeCard, openPerson, openSpot, openStreet } from './map_card';
import { wallMapWords } from './map_words';
import { narrow, openCase, scene, shownCases, shownPeople, shownSecond } from './state';
import { wallWords } from './words';

/** What was clicked on the map, in words: a street with its task force, somebody on shift, a hotspot. */

const theStreet = question<StreetDetail, string>((id, stop) => fetchStreet(id, stop));

export function MapCard() {
  const [street, person, spot] = [openStreet.value, openPerson.value, openSpot.value];
  useEffect(() => {
    if (street) void theStreet.put(street);
    else theStreet.forget();
  }, [street]);
  if (street) return <StreetCard id={street} />;
  if (spot) return <HotspotCard place={spot} />;
  return person ? <PersonCard id={person} /> : null;
}

const placeOfPerson = (id: string) => shownPeople.value.find(one => one.person === id);
const showOnMap = ({ lon, lat }: Position) => scene.peek()?.showPlace({ lon, lat });

function StreetCard({ id }: { id: string }) {
  const t = wallMapWords();
  const asked = theStreet.asked.value;
  const street = asked.state === 'ready' ? asked.answer : undefined;
  const title = street ? nameOf(street) : '';
  return (
    <Card
      kind={t.card}
      title={title}
      label={t.card}
      onClose={closeCard}
      acts={
        <Button icon="filter" onClick={() => narrow({ street: id })}>
          {t.filterStreet}
        </Button>
      }
    >
      <Shown asked={asked} retry={() => void theStreet.put(id)} skeletonLines={5}>
        {found => <TaskForce street={found} />}
      </Shown>
    </Card>
  );
}

function TaskForce({ street }: { street: StreetDetail }) {
  const t = wallMapWords();
  const members = [...street.members].sort((one, other) => Number(other.on_shift) - Number(one.on_shift));
  return (
    <>
      <Facts
        of={[
          [t.list.chief, street.chief ? nameOf(street.chief) : '–'],
          [t.list.members, String(street.members.length)],
          [t.list.onShift, String(members.filter(one => one.on_shift).length)],
        ]}
      />
      <h3>{t.taskForce}</h3>
      {!members.some(one => one.on_shift) && <p class="quiet small">{t.nobodyOnShift}</p>}
      <ul class="members">
        {members.map(one => {
          const place = placeOfPerson(one.id);
          return (
            <li key={one.id}>
              <span class={one.on_shift ? 'members__on' : 'quiet'}>
                {nameOf(one)} · {postName(one.post)}
              </span>
              <span class="quiet small">{one.on_shift ? <Seen place={place} /> : t.offShift}</span>
              {place && (
                <IconButton icon="place" label={sharedWords().showOnMap} onClick={() => showOnMap(place)} />
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Seen({ place }: { place: Position | undefined }) {
  const t = wallMapWords();
  if (!place) return <>{t.noFix}</>;
  const age = Math.max(0, (shownSecond.value - Date.parse(place.at)) / 1000);
  return <>{wallWords().personSeen(duration(age))}</>;
}

function PersonCard({ id }: { id: string }) {
  const t = wallMapWords();
  const one = placeOfPerson(id);
  if (!one) return null;
  const held = shownCases.value.filter(item => item.holder === id && isUnderWay(item));
  return (
    <Card
      kind={postName(one.post)}
      title={nameOf(one)}
      label={wallWords().person}
      onClose={closeCard}
      acts={
        <>
          <Button icon="place" onClick={() => showOnMap(one)}>
            {sharedWords().showOnMap}
          </Button>
          <Button icon="filter" onClick={() => narrow({ words: one.name })}>
            {t.filterPerson}
          </Button>
        </>
      }
    >
      <Facts
        of={[
          [t.list.seen, shortMoment(one.at)],
          one.accuracy_m !== null && [t.accuracy, `± ${distance(one.accuracy_m)}`],
          [t.list.inHand, number(held.length)],
        ]}
      />
      <ul class="members">
        {held.map(item => (
          <li key={item.id}>
            <Button look="quiet" onClick={() => openCase(item.id)}>
              {wallWords().caseNumber(item.number)}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
