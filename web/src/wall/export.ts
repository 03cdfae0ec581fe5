import { holderName } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { csvOf, saveFile } from '../shared/csv';
import { dateAndTime } from '../shared/formats';
import type { Column } from '../shared/sorting';
import { caseStateName, sharedWords } from '../shared/words';
import type { Placed } from './case_marks';
import { streetName } from './state';
import { wallWords } from './words';

/** The queue as it is narrowed and sorted, to be carried away. */
export function exportQueue(rows: readonly Placed[]): void {
  const t = wallWords();
  const { states } = sharedWords();
  const when = (moment: string | null) => (moment === null ? null : dateAndTime(moment));
  const columns: Column<Placed>[] = [
    { id: 'number', title: t.columns.number, value: ({ one }) => one.number },
    {
      id: 'state',
      title: t.columns.state,
      value: ({ one, mark }) => `${caseStateName(one.state)} · ${states[mark]}`,
    },
    { id: 'category', title: t.columns.category, value: ({ one }) => policyName('category', one.category) },
    { id: 'severity', title: t.columns.severity, value: ({ one }) => one.severity },
    { id: 'street', title: t.columns.street, value: ({ one }) => streetName(one.street) },
    { id: 'area', title: t.columns.area, value: ({ one }) => one.area ?? one.nearest_area },
    { id: 'reported', title: t.columns.reported, value: ({ one }) => when(one.reported_at) },
    { id: 'due', title: t.columns.due, value: ({ one }) => when(one.due_at) },
    { id: 'holder', title: t.columns.holder, value: ({ one }) => holderName(one) },
    { id: 'description', title: t.columns.description, value: ({ one }) => one.description },
    { id: 'lon', title: t.columns.lon, value: ({ one }) => one.at[0] },
    { id: 'lat', title: t.columns.lat, value: ({ one }) => one.at[1] },
  ];
  saveFile(`${t.queue}-${new Date().toISOString().slice(0, 16).replace(':', '')}.csv`, csvOf(columns, rows));
}
