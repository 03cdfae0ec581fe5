import { csvOf, saveFile } from '../shared/csv';
import { Button } from '../shared/parts/Button';
import { EmptyState, ErrorState, Skeleton } from '../shared/parts/States';
import { Table } from '../shared/parts/Table';
import type { Column } from '../shared/sorting';
import type { GrowingList } from './pages';
import { adminWords } from './words';

interface GrowingTableProps<Item> {
  name: string;
  caption: string;
  list: GrowingList<Item>;
  columns: readonly Column<Item>[];
  keyOf: (item: Item) => string;
  /** What is said where there is nothing. */
  empty?: { title: string; hint: string };
}

/** A table of what was fetched so far, with more on demand and the same as CSV. */
export function GrowingTable<Item>({ name, caption, list, columns, keyOf, empty }: GrowingTableProps<Item>) {
  const t = adminWords();
  const items = list.items.value;
  const failed = list.problem.value && (
    <ErrorState problem={list.problem.value} retry={() => void list.again()} />
  );
  if (failed && items.length === 0) return failed;
  if (items.length === 0)
    return list.loading.value ? (
      <Skeleton lines={10} />
    ) : (
      <EmptyState title={empty?.title ?? t.empty}>{empty?.hint}</EmptyState>
    );
  return (
    <>
      <div class="admin__acts">
        <Button icon="download" onClick={() => saveFile(`${name}.csv`, csvOf(columns, items))}>
          {t.save}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <div class="admin__table" tabIndex={0}>
        <Table caption={caption} columns={columns} rows={items} keyOf={keyOf} />
      </div>
      {failed}
      {list.next.value && !failed && (
        <Button busy={list.loading.value} onClick={() => void list.more()}>
          {t.more}
        </Button>
      )}
    </>
  );
}
