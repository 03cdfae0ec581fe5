import { signal } from '@preact/signals';
import { csvOf, saveFile } from '../shared/csv';
import { coordinates, number, percent } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Table } from '../shared/parts/Table';
import { Tabs } from '../shared/parts/Tabs';
import type { Column } from '../shared/sorting';
import { sharedWords } from '../shared/words';
import {
  type AreaShare,
  askAgain,
  type CentreLoad,
  type Coverage,
  chosen,
  type LeftOut,
  LIMITS,
  scene,
} from './state';
import { planWords } from './words';

type Tab = 'areas' | 'centres' | 'left_out';
const tab = signal<Tab>('areas');
const LEVELS = ['district', 'subdistrict', 'community'];

/** The same as the map, in figures that sort and can be carried away. */
export function CoverageTables({ coverage }: { coverage: Coverage }) {
  const t = planWords();
  const areas = coverage.areas.filter(row => LEVELS.includes(row.level));
  const save = () => {
    if (tab.value === 'areas') saveFile('coverage-areas.csv', csvOf(areaColumns(), areas));
    else if (tab.value === 'centres')
      saveFile('coverage-centres.csv', csvOf(centreColumns(), coverage.centres));
    else saveFile('coverage-left-out.csv', csvOf(homeColumns(), coverage.left_out));
  };
  return (
    <Tabs
      label={t.title}
      open={tab.value}
      onOpen={id => {
        tab.value = id;
      }}
      tabs={[
        { id: 'areas', title: t.tabs.areas, count: number(areas.length) },
        { id: 'centres', title: t.tabs.centres, count: number(coverage.centres.length) },
        {
          id: 'left_out',
          title: t.tabs.left_out,
          count: number(coverage.left_out.length + coverage.left_out_more),
        },
      ]}
    >
      <div class="plan__acts">
        <Button icon="download" onClick={save}>
          {t.save}
        </Button>
        {chosen.value && (
          <Button
            onClick={() => {
              chosen.value = null;
              askAgain();
            }}
          >
            {t.allRings}
          </Button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <div class="plan__table" tabIndex={0}>
        {tab.value === 'areas' && (
          <Table caption={t.tabs.areas} columns={areaColumns()} rows={areas} keyOf={row => row.code} />
        )}
        {tab.value === 'centres' && (
          <Table
            caption={t.tabs.centres}
            columns={centreColumns()}
            rows={coverage.centres}
            keyOf={row => row.id}
          />
        )}
        {tab.value === 'left_out' && (
          <>
            <Table
              caption={t.tabs.left_out}
              columns={homeColumns()}
              rows={coverage.left_out}
              keyOf={row => `${row.at.join()}/${row.households}`}
            />
            {coverage.left_out_more > 0 && <p class="quiet">{t.more(number(coverage.left_out_more))}</p>}
          </>
        )}
      </div>
    </Tabs>
  );
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

function areaColumns(): Column<AreaShare>[] {
  const t = planWords();
  const levels: Record<string, string> = sharedWords().levels;
  return [
    { id: 'name', title: t.area, value: row => nameOf(row) },
    {
      id: 'households',
      title: t.households,
      value: row => row.households,
      show: row => number(row.households),
    },
    ...LIMITS.map((limit, place): Column<AreaShare> => {
      const of = (row: AreaShare) => share(row.within[place] ?? 0, row.households);
      return { id: `w${limit}`, title: t.within(String(limit)), value: of, show: row => percent(of(row)) };
    }),
    { id: 'left', title: t.leftOut, value: row => row.left_out, show: row => number(row.left_out) },
    {
      id: 'f500',
      title: t.floor500,
      value: row => row.share_floor_500,
      show: row => percent(row.share_floor_500),
    },
    {
      id: 'f1000',
      title: t.floor1000,
      value: row => row.share_floor_1000,
      show: row => percent(row.share_floor_1000),
    },
    { id: 'level', title: t.level, value: row => levels[row.level] ?? row.level },
  ];
}

function centreColumns(): Column<CentreLoad>[] {
  const t = planWords();
  const show = (row: CentreLoad) => {
    chosen.value = row.id;
    scene.value?.showPlace({ lon: row.at[0], lat: row.at[1] }, 14);
    askAgain();
  };
  return [
    {
      id: 'name',
      title: t.centre,
      value: row => nameOf(row),
      show: row => (
        <Button look="quiet" onClick={() => show(row)}>
          {nameOf(row)}
        </Button>
      ),
    },
    { id: 'open', title: t.inService, value: row => (row.in_service ? t.yes : t.no) },
    ...LIMITS.map(
      (limit, place): Column<CentreLoad> => ({
        id: `w${limit}`,
        title: t.within(String(limit)),
        value: row => row.within[place] ?? 0,
        show: row => number(row.within[place] ?? 0),
      }),
    ),
    { id: 'nearest', title: t.nearest, value: row => row.nearest, show: row => number(row.nearest) },
  ];
}

function homeColumns(): Column<LeftOut>[] {
  const t = planWords();
  return [
    {
      id: 'place',
      title: t.place,
      value: row => coordinates(row.at[0], row.at[1]),
      show: row => (
        <Button look="quiet" onClick={() => scene.value?.showPlace({ lon: row.at[0], lat: row.at[1] }, 16)}>
          {coordinates(row.at[0], row.at[1])}
        </Button>
      ),
    },
    { id: 'households', title: t.households, value: row => row.households },
    {
      id: 'minutes',
      title: t.minutes,
      value: row => row.minutes,
      show: row => (row.minutes === null ? t.noWay : number(row.minutes, 1)),
    },
  ];
}
