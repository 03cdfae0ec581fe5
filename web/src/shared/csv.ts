import type { Column } from './sorting';

/** Spreadsheets run a cell that starts with one of these: a leading apostrophe makes it text again. */
const RUNS_AS_FORMULA = /^[=+\-@\t\r]/;

function cell(value: string | number | null | undefined): string {
  if (value == null) return '';
  if (typeof value === 'number') return String(value);
  const safe = RUNS_AS_FORMULA.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180, with the mark that makes spreadsheets read the Chinese right. */
export function csvOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(column => cell(column.title)),
    ...rows.map(row => columns.map(c => cell(c.value(row)))),
  ];
  return `\uFEFF${lines.map(line => line.join(',')).join('\r\n')}\r\n`;
}

export function saveFile(name: string, content: string | Blob, type = 'text/csv;charset=utf-8'): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken the blob by the next turn; Safari is slower than that.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
