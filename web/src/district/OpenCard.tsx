import { useEffect } from 'preact/hooks';
import { inAddress } from '../shared/address';
import { Button } from '../shared/parts/Button';
import { Card } from '../shared/parts/Panel';
import { Shown } from '../shared/parts/States';
import { say } from '../shared/parts/Toast';
import { answerIn } from '../shared/question';
import type { Box } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import { AreaFacts } from './AreaFacts';
import { CentreFacts } from './CentreFacts';
import { StreetFacts } from './StreetFacts';
import { closeCard, type Opened, opened, openTab, scene, theArea, theCentres, theStreet } from './state';
import { districtWords } from './words';

/** The card of whatever is chosen on the map, in a list or by a link. */
export function OpenCard() {
  const chosen = opened.value;
  const load = () => chosen && ask(chosen);
  useEffect(() => {
    load();
  }, [chosen?.kind, chosen?.id]);
  useEffect(showLinkedPlace, [theArea.asked.value, theStreet.asked.value, scene.value]);
  if (!chosen) return null;
  return (
    <div class="district__card">
      {chosen.kind === 'area' && (
        <Shown asked={theArea.asked.value} retry={load}>
          {area => <AreaFacts area={area} />}
        </Shown>
      )}
      {chosen.kind === 'street' && (
        <Shown asked={theStreet.asked.value} retry={load}>
          {street => <StreetFacts street={street} />}
        </Shown>
      )}
      {chosen.kind === 'centre' && (
        <Shown asked={theCentres.asked.value} retry={load}>
          {centres => {
            const centre = centres.find(one => one.id === chosen.id);
            return centre ? <CentreFacts centre={centre} /> : <NoSuchCentre />;
          }}
        </Shown>
      )}
    </div>
  );
}

function ask({ kind, id }: Opened): void {
  if (kind === 'area') {
    theArea.forget();
    void theArea.put(id);
  } else if (kind === 'street') {
    theStreet.forget();
    void theStreet.put(id);
  } else if (!answerIn(theCentres.asked.peek())) void theCentres.put();
}

/** A link that names a thing but no place on the map leads to the thing. */
function showLinkedPlace(): void {
  if (inAddress('at') !== null) return;
  const kind = opened.value?.kind;
  const shown =
    kind === 'area' ? answerIn(theArea.asked.peek()) : kind === 'street' && answerIn(theStreet.asked.peek());
  const box = shown ? shown.bbox : null;
  if (box) scene.value?.showBox(box);
}

function NoSuchCentre() {
  const t = districtWords();
  return (
    <Card kind={t.centres} title={t.noCentres} label={t.noCentres} onClose={closeCard}>
      {t.noCentres}
    </Card>
  );
}

/** What every card offers: to be seen on the map, in the list, and to be sent to a colleague. */
export function CardActs({ box, list }: { box: Box; list: 'areas' | 'streets' | 'centres' }) {
  const t = sharedWords();
  return (
    <>
      <Button icon="place" onClick={() => scene.value?.showBox(box)}>
        {t.showOnMap}
      </Button>
      <Button icon="list" onClick={() => openTab(list)}>
        {t.showInList}
      </Button>
      <Button
        icon="link"
        onClick={() => void navigator.clipboard?.writeText(location.href).then(() => say(t.linkCopied))}
      >
        {t.copyLink}
      </Button>
    </>
  );
}
