import { useState } from 'preact/hooks';
import { type Column, sorted } from '../sorting';
import { sharedWords } from '../words';
import { Icon } from './Icon';
import './table.css';

interface TableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}

/** A table that sorts by any column; figures stand to the right. */
export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>) {
  const t = sharedWords();
  const [sort, setSort] = useState<{ id: string; up: boolean } | null>(null);
  const by = columns.find(column => column.id === sort?.id);
  const shown = by ? sorted(rows, by, sort?.up ?? true) : rows;
  const numeric = new Set(columns.filter(column => isNumeric(column, rows)).map(column => column.id));
  return (
    <table class="table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(column => {
            const active = sort?.id === column.id;
            const direction = active ? (sort.up ? 'ascending' : 'descending') : 'none';
            return (
              <th
                key={column.id}
                scope="col"
                aria-sort={direction}
                class={numeric.has(column.id) ? 'number' : ''}
              >
                <button
                  type="button"
                  title={column.hint}
                  onClick={() => setSort({ id: column.id, up: active ? !sort.up : true })}
                >
                  {column.title}
                  <Icon name={active ? (sort.up ? 'arrow-up' : 'arrow-down') : 'sort'} size={12} />
                  {active && <span class="unseen">{sort.up ? t.sortedUp : t.sortedDown}</span>}
                </button>
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {shown.map(row => (
          <tr key={keyOf(row)}>
            {columns.map(column => (
              <td key={column.id} class={numeric.has(column.id) ? 'number' : ''}>
                {column.show ? column.show(row) : column.value(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function isNumeric<Row>(column: Column<Row>, rows: readonly Row[]): boolean {
  return rows.length > 0 && rows.every(row => typeof (column.value(row) ?? 0) === 'number');
}
