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
import { openCase, scene, shownMoment } from './state';

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
    ...(place === 0 ? { show: (row: ListRow) => <First row={row} /> } : {}),
  }));
  const name = t.layers[layer];
  const save = () =>
    saveFile(`${name} ${momentToText(shownMoment.peek()).replaceAll(':', '')}.csv`, csvOf(columns, rows));
  return (
    <div class="layer-list">
      <Card
        kind={t.listCount(number(rows.length))}
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
          {typeof words === 'number' ? number(words) : words}
        </button>
      ) : (
        words
      )}
      {lifts && <IconButton icon="undo" label={t.lift} onClick={() => void liftClosure(row.closure ?? '')} />}
    </span>
  );
}

function lead(row: ListRow): void {
  if (row.case) openCase(row.case);
  if (row.at) scene.peek()?.showPlace({ lon: row.at[0], lat: row.at[1] });
  else if (row.box) scene.peek()?.showBox(row.box);
}
