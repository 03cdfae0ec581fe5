import { useEffect } from 'preact/hooks';
import { csvOf, saveFile } from '../shared/csv';
import { number } from '../shared/formats';
import { Button, IconButton } from '../shared/parts/Button';
import { Card } from '../shared/parts/Panel';
import { Table } from '../shared/parts/Table';
import { may } from '../shared/session';
import type { Column } from '../shared/sorting';
import { sharedWords } from '../shared/words';
import { liftClosure } from './draw';
import { askForList, isListComing, type ListRow, listOf } from './layer_lists';
import { listedLayer } from './layers';
import { wallMapWords } from './map_words';
import { isReplaying, momentToText } from './replay';
import { onShift, openCase, scene, shownMoment } from './state';

/** One layer as a table: sorted by any column, each row leads to its place, all of it can be carried away. */
export function LayerList() {
  const layer = listedLayer.value;
  useEffect(() => {
    if (layer) askForList(layer);
  }, [layer]);
  if (!layer) return null;
  const t = wallMapWords();
  const { titles, rows } = listOf(layer);
  const columns: Column<ListRow>[] = titles.map((title, place) => ({
    id: `${place}`,
    title,
    value: row => row.cells[place] ?? null,
    show: (row: ListRow) => (place === 0 ? <First row={row} /> : inWords(row.cells[place] ?? null)),
  }));
  const name = t.layers[layer];
  const isOfPeople = layer === 'people';
  const save = () =>
    saveFile(`${name} ${momentToText(shownMoment.peek()).replaceAll(':', '')}.csv`, csvOf(columns, rows));
  return (
    <div class="layer-list">
      <Card
        kind={
          isOfPeople
            ? t.listOfPeople(number(onShift.value), number(rows.length))
            : t.listCount(number(rows.length))
        }
        title={name}
        label={t.listOf(name)}
        onClose={() => {
          listedLayer.value = null;
        }}
        acts={
          <Button icon="download" disabled={rows.length === 0} onClick={save}>
            {sharedWords().saveTable}
          </Button>
        }
      >
        {rows.length === 0 ? (
          <p class="quiet">{isListComing(layer) ? t.layerLoading : t.layerEmpty}</p>
        ) : (
          <Table caption={name} columns={columns} rows={rows} keyOf={row => row.id} />
        )}
      </Card>
    </div>
  );
}

function First({ row }: { row: ListRow }) {
  const t = wallMapWords();
  const words = row.cells[0];
  const lifts = row.closure && may('manage_closures') && !isReplaying.value;
  return (
    <span class="layer-list__first">
      {row.at || row.box ? (
        <button type="button" title={sharedWords().showOnMap} onClick={() => lead(row)}>
          {inWords(words ?? null)}
        </button>
      ) : (
        inWords(words ?? null)
      )}
      {lifts && <IconButton icon="undo" label={t.lift} onClick={() => void liftClosure(row.closure ?? '')} />}
    </span>
  );
}

const MOST_DIGITS = 2;
/** Figures as everywhere on the page: 12,345. */
function inWords(cell: string | number | null): string | null {
  if (typeof cell !== 'number') return cell;
  const digits = String(cell).split('.')[1]?.length ?? 0;
  return number(cell, Math.min(digits, MOST_DIGITS));
}

function lead(row: ListRow): void {
  if (row.case) openCase(row.case);
  if (row.at) scene.peek()?.showPlace({ lon: row.at[0], lat: row.at[1] });
  else if (row.box) scene.peek()?.showBox(row.box);
}
