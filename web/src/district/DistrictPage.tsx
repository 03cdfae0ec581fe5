import { useEffect } from 'preact/hooks';
import { nameOf } from '../shared/language';
import { Bar } from '../shared/parts/Bar';
import { ReportsButton } from '../shared/parts/ReportsButton';
import { SearchBox } from '../shared/parts/SearchBox';
import { Splitter } from '../shared/parts/Splitter';
import { EmptyState, ErrorState, Skeleton, StaleNotice } from '../shared/parts/States';
import { answerIn } from '../shared/question';
import { type District, type Found, searchPlaces } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import { DistrictKeys, KeysButton } from './DistrictKeys';
import { DistrictLegend } from './DistrictLegend';
import { DistrictMap } from './DistrictMap';
import { FoundRow } from './FoundRow';
import { OpenCard } from './OpenCard';
import { SideList } from './SideList';
import { open, scene, sideWidth, theDistrict, theSubdistricts } from './state';
import { districtWords } from './words';
import './district.css';

const load = () => void theDistrict.put();

/** The district at a glance: its levels, streets and centres, on a map and in lists. */
export function DistrictPage() {
  const t = districtWords();
  const shared = sharedWords();
  useEffect(load, []);
  const asked = theDistrict.asked.value;
  const district = answerIn(asked);
  const code = district?.code;
  useEffect(() => {
    if (code) void theSubdistricts.put(code);
  }, [code]);
  const title = district ? nameOf(district) : t.title;
  useEffect(() => {
    document.title = `${title} · ${shared.product}`;
  }, [title, shared]);

  return (
    <div class="page">
      <a class="skip-link" href="#list">
        {shared.skipToList}
      </a>
      <Bar
        page="district"
        districtName={district && nameOf(district)}
        synthetic={district?.synthetic}
        acts={
          <>
            <ReportsButton />
            <KeysButton />
          </>
        }
        links={['district', 'wall', 'plan', 'street', 'report', 'department', 'admin']}
      />
      <main class="workspace district">
        {district ? (
          <Loaded district={district} since={asked.state === 'failed' ? asked.earlierAt : undefined} />
        ) : null}
        {!district && asked.state === 'failed' && <NotLoaded />}
        {!district && asked.state !== 'failed' && (
          <div class="workspace__side district__side">
            <Skeleton lines={12} />
          </div>
        )}
      </main>
    </div>
  );
}

function NotLoaded() {
  const t = districtWords();
  const asked = theDistrict.asked.value;
  if (asked.state !== 'failed') return null;
  if (asked.problem.status === 404 || asked.problem.kind === 'not-ready') {
    return (
      <EmptyState icon="map" title={t.noDistrict}>
        {t.noDistrictHint}
      </EmptyState>
    );
  }
  return <ErrorState problem={asked.problem} retry={load} />;
}

function Loaded({ district, since }: { district: District; since: number | undefined }) {
  const t = districtWords();
  return (
    <>
      <aside
        class="workspace__side district__side"
        style={{ '--side': `${sideWidth.value}px` }}
        aria-label={t.browse}
      >
        {since !== undefined && <StaleNotice since={since} retry={load} />}
        <div class="district__search">
          <SearchBox<Found>
            inputId="search"
            placeholder={t.searchHint}
            find={searchPlaces}
            keyOf={found => `${found.kind}:${found.id}`}
            show={found => <FoundRow found={found} />}
            nothingFound={t.nothingFound}
            onChoose={choose}
          />
        </div>
        <SideList district={district} />
        <DistrictLegend />
      </aside>
      <Splitter width={sideWidth} least={260} most={520} column="left" label={t.browse} />
      <div class="workspace__middle">
        <DistrictMap district={district} />
        <OpenCard />
      </div>
      <DistrictKeys />
    </>
  );
}

function choose(found: Found): void {
  if (found.kind === 'estate') scene.value?.showBox(found.bbox);
  else open(found.kind, found.id, found.bbox);
}
