import type { ComponentChildren } from 'preact';

/** One column of a table, as it is shown, sorted and exported. */
export interface Column<Row> {
  id: string;
  title: string;
  /** What it counts, where the title alone could be misread. */
  hint?: string;
  /** What is sorted and exported. */
  value: (row: Row) => string | number | null | undefined;
  /** What is shown, where it differs. */
  show?: (row: Row) => ComponentChildren;
}

export function sorted<Row>(rows: readonly Row[], by: Column<Row>, up: boolean): Row[] {
  const turn = up ? 1 : -1;
  return rows.toSorted((one, other) => {
    const [left, right] = [by.value(one), by.value(other)];
    // What is unknown stands last, whichever way the rest is turned.
    if (left == null || right == null) return Number(left == null) - Number(right == null);
    if (typeof left === 'number' && typeof right === 'number') return (left - right) * turn;
    return String(left).localeCompare(String(right), 'zh-CN', { numeric: true }) * turn;
  });
}
