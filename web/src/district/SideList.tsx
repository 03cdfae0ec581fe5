import { useEffect } from 'preact/hooks';
import { distance, number } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Icon } from '../shared/parts/Icon';
import { List } from '../shared/parts/List';
import { EmptyState, Shown } from '../shared/parts/States';
import { Tabs } from '../shared/parts/Tabs';
import type { AreaRow, District } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import {
  CHILD_LEVEL,
  LIST_TABS,
  levelOfCode,
  listParent,
  listTab,
  lookInside,
  open,
  opened,
  openTab,
  theAreas,
  theCentres,
  theStreets,
} from './state';
import { districtWords } from './words';

const ROW_PX = 52;

/** All that the map shows, in words: for whoever does not or cannot use the map. */
export function SideList({ district }: { district: District }) {
  const t = districtWords();
  const tab = listTab.value;
  const counts: Record<string, number> = district.counts;
  const count = (name: string) => (counts[name] === undefined ? {} : { count: number(counts[name]) });
  const titles = { areas: t.areas, streets: t.streets, centres: t.centres };
  return (
    <section id="list" class="district__list" tabIndex={-1} aria-label={t.browse}>
      <Tabs
        label={t.browse}
        tabs={LIST_TABS.map(id => ({ id, title: titles[id], ...(id === 'areas' ? {} : count(id)) }))}
        open={tab}
        onOpen={openTab}
      >
        {tab === 'areas' && <AreaList district={district} />}
        {tab === 'streets' && <StreetList />}
        {tab === 'centres' && <CentreList />}
      </Tabs>
    </section>
  );
}

function AreaList({ district }: { district: District }) {
  const t = districtWords();
  const shared = sharedWords();
  const parent = listParent.value ?? district.code;
  const level = levelOfCode(parent);
  const childLevel = CHILD_LEVEL[level];
  const load = () => childLevel && void theAreas.put({ level: childLevel, parent });
  useEffect(() => {
    theAreas.forget();
    load();
  }, [parent]);
  const upper = level === 'district' ? null : parent.slice(0, -3);
  return (
    <>
      {upper && (
        <div class="district__up">
          <button type="button" onClick={() => lookInside(upper.length <= 6 ? null : upper)}>
            <Icon name="chevron-left" />
            {t.up}
          </button>
          <button type="button" class="one-line" onClick={() => open('area', parent)}>
            {shared.levels[level]} {parent}
          </button>
        </div>
      )}
      <div class="district__rows">
        <Shown asked={theAreas.asked.value} retry={load} skeletonLines={10}>
          {areas =>
            areas.length === 0 ? (
              <EmptyState title={t.noAreas} />
            ) : (
              <List
                items={areas}
                keyOf={area => area.code}
                rowHeight={ROW_PX}
                label={t.listOf(t.areas)}
                chosen={opened.value?.kind === 'area' ? opened.value.id : null}
              >
                {area => <AreaLine area={area} />}
              </List>
            )
          }
        </Shown>
      </div>
    </>
  );
}

function AreaLine({ area }: { area: AreaRow }) {
  const t = districtWords();
  const inside = CHILD_LEVEL[area.level] !== null;
  return (
    <div class="district__area">
      <button type="button" class="row" onClick={() => open('area', area.code, area.bbox)}>
        <span class="row__main">
          <span class="one-line">{nameOf(area)}</span>
          <span class="quiet small">{area.code}</span>
        </span>
        <span class="small number">{t.householdsShort(number(area.households))}</span>
      </button>
      {inside && (
        <button
          type="button"
          class="row__inside"
          aria-label={`${t.openChildren}: ${nameOf(area)}`}
          title={t.openChildren}
          onClick={() => lookInside(area.code)}
        >
          <Icon name="chevron-right" />
        </button>
      )}
    </div>
  );
}

function StreetList() {
  const t = districtWords();
  const load = () => void theStreets.put();
  useEffect(() => {
    if (theStreets.asked.peek().state === 'idle') load();
  }, []);
  return (
    <div class="district__rows">
      <Shown asked={theStreets.asked.value} retry={load} skeletonLines={10}>
        {streets =>
          streets.length === 0 ? (
            <EmptyState icon="route" title={t.noStreets}>
              {t.noStreetsHint}
            </EmptyState>
          ) : (
            <List
              items={streets}
              keyOf={street => street.id}
              rowHeight={ROW_PX}
              label={t.listOf(t.streets)}
              chosen={opened.value?.kind === 'street' ? opened.value.id : null}
            >
              {street => (
                <button type="button" class="row" onClick={() => open('street', street.id, street.bbox)}>
                  <i class={`hue hue--${street.hue}`} />
                  <span class="row__main">
                    <span class="one-line">{nameOf(street)}</span>
                    <span class="quiet small one-line">
                      {street.chief ? `${t.chief} ${nameOf(street.chief)}` : t.noChief}
                      {street.members > 0 && ` · ${t.membersShort(street.members)}`}
                    </span>
                  </span>
                  <span class="small number">{distance(street.length_m)}</span>
                </button>
              )}
            </List>
          )
        }
      </Shown>
    </div>
  );
}

function CentreList() {
  const t = districtWords();
  const load = () => void theCentres.put();
  useEffect(() => {
    if (theCentres.asked.peek().state === 'idle') load();
  }, []);
  return (
    <div class="district__rows">
      <Shown asked={theCentres.asked.value} retry={load} skeletonLines={10}>
        {centres =>
          centres.length === 0 ? (
            <EmptyState icon="house" title={t.noCentres} />
          ) : (
            <List
              items={centres}
              keyOf={centre => centre.id}
              rowHeight={ROW_PX}
              label={t.listOf(t.centres)}
              chosen={opened.value?.kind === 'centre' ? opened.value.id : null}
            >
              {centre => (
                <button
                  type="button"
                  class="row"
                  onClick={() => open('centre', centre.id, [...centre.at, ...centre.at])}
                >
                  <Icon name="house" />
                  <span class="row__main">
                    <span class="one-line">{nameOf(centre)}</span>
                    <span class="quiet small">{centreKind(centre.kind)}</span>
                  </span>
                  <span class="small number">{number(centre.floor_area_m2)} m²</span>
                </button>
              )}
            </List>
          )
        }
      </Shown>
    </div>
  );
}

export function centreKind(kind: string): string {
  const kinds: Record<string, string> = districtWords().centreKinds;
  return kinds[kind] ?? kind;
}
