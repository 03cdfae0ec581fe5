import { describe, expect, it } from 'vitest';
import { csvOf } from '../src/shared/csv';
import { type Column, sorted } from '../src/shared/sorting';

interface Row {
  name: string | null;
  count: number;
}
const columns: Column<Row>[] = [
  { id: 'name', title: '名称', value: row => row.name },
  { id: 'count', title: '数量', value: row => row.count },
];

describe('a list as CSV', () => {
  it('quotes what needs it and starts with the mark for spreadsheets', () => {
    const text = csvOf(columns, [{ name: '一路,"示例"', count: 3 }]);
    expect(text).toBe('\uFEFF名称,数量\r\n"一路,""示例""",3\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@sum'])('gives no spreadsheet a formula to run: %s', name => {
    expect(csvOf(columns, [{ name, count: 0 }])).toContain(`'${name}`);
  });
});

describe('a table', () => {
  const rows: Row[] = [
    { name: '武顺', count: 2 },
    { name: null, count: 10 },
    { name: '广桥', count: 1 },
  ];
  it('sorts figures as figures', () => {
    expect(sorted(rows, columns[1] as Column<Row>, false).map(row => row.count)).toEqual([10, 2, 1]);
  });
  it('puts what is unknown last, whichever way it is turned', () => {
    expect(sorted(rows, columns[0] as Column<Row>, true).at(-1)?.name).toBeNull();
    expect(sorted(rows, columns[0] as Column<Row>, false).at(-1)?.name).toBeNull();
  });
});
