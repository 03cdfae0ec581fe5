import { useEffect } from 'preact/hooks';
import { csvOf, saveFile } from '../shared/csv';
import { number, percent } from '../shared/formats';
import { nameOf } from '../shared/language';
import { IconButton } from '../shared/parts/Button';
import { Card } from '../shared/parts/Panel';
import { EmptyState, Shown } from '../shared/parts/States';
import { Table } from '../shared/parts/Table';
import { Tabs } from '../shared/parts/Tabs';
import { answerIn } from '../shared/question';
import type { Column } from '../shared/sorting';
import {
  openRanking,
  openSpan,
  RANKINGS,
  type Ranked,
  type Ranking,
  SPANS,
  showNumbers,
  showSpan,
  theRanking,
  theToday,
} from './figures';
import { Sparkline, soFarInWords } from './Sparkline';
import { theStreets } from './state';
import { wallWords } from './words';

/** How the work goes by street, task force, subdistrict and department, and the day beside a usual one. */
export function NumbersPanel() {
  const ranking = openRanking.value;
  return ranking ? <OpenNumbers ranking={ranking} /> : null;
}

function OpenNumbers({ ranking }: { ranking: Ranking }) {
  const t = wallWords();
  const span = openSpan.value;
  const ask = () => void theRanking.put({ ranking, span });
  useEffect(() => {
    theRanking.forget();
    ask();
  }, [ranking, span]);
  const columns = columnsOf(ranking);
  const rows = answerIn(theRanking.asked.value) ?? [];
  return (
    <div class="numbers-panel">
      <Card
        kind={t.rankingSpans[span]}
        title={t.numbers}
        label={t.numbers}
        onClose={() => showNumbers(null)}
        acts={
          <>
            <select
              class="input"
              aria-label={t.rankingSpan}
              value={span}
              onChange={event => showSpan(SPANS.find(one => one === event.currentTarget.value) ?? 'day')}
            >
              {SPANS.map(one => (
                <option key={one} value={one}>
                  {t.rankingSpans[one]}
                </option>
              ))}
            </select>
            <IconButton
              icon="download"
              label={t.exportList}
              onClick={() => saveFile(`${t.rankings[ranking]}.csv`, csvOf(columns, rows))}
            />
          </>
        }
      >
        <DayCurves />
        <Tabs
          label={t.numbers}
          tabs={RANKINGS.map(id => ({ id, title: t.rankings[id] }))}
          open={ranking}
          onOpen={showNumbers}
        >
          <Shown asked={theRanking.asked.value} retry={ask} skeletonLines={12}>
            {found =>
              found.length === 0 ? (
                <EmptyState title={t.rankingEmpty}>{t.rankingEmptyHint}</EmptyState>
              ) : (
                <Table
                  caption={t.rankingOf(t.rankings[ranking], t.rankingSpans[span])}
                  columns={columns}
                  rows={worstFirst(found, ranking)}
                  keyOf={row => row.key}
                />
              )
            }
          </Shown>
        </Tabs>
      </Card>
    </div>
  );
}

function DayCurves() {
  const t = wallWords();
  const today = answerIn(theToday.asked.value);
  if (!today) return null;
  return (
    <div class="numbers-panel__day">
      {(['reported', 'settled'] as const).map(line => (
        <figure key={line}>
          <figcaption class="small">
            <strong>{line === 'reported' ? t.kpi.reported : t.kpi.closed}</strong>{' '}
            <span class="quiet">{soFarInWords(today, line)}</span>
          </figcaption>
          <Sparkline today={today} line={line} width={220} height={56} />
        </figure>
      ))}
      <p class="quiet small">{today.usual_days > 0 ? t.usualDay(today.usual_days) : t.noUsualDayYet}</p>
    </div>
  );
}

/** What wants an eye comes first: the most late, then the most work. */
function worstFirst(rows: readonly Ranked[], ranking: Ranking): Ranked[] {
  const [late, much] = ranking === 'department' ? ['overdue', 'called'] : ['overdue', 'reported'];
  const of = (row: Ranked, name: string) => row.counts[name] ?? 0;
  return rows.toSorted((one, other) => of(other, late) - of(one, late) || of(other, much) - of(one, much));
}

function columnsOf(ranking: Ranking): Column<Ranked>[] {
  const t = wallWords();
  const hints: Record<string, string> = t.rankingHints;
  const count = (id: string, title: string): Column<Ranked> => ({
    id,
    title,
    ...(hints[id] ? { hint: hints[id] } : {}),
    value: row => row.counts[id] ?? 0,
    show: row => number(row.counts[id] ?? 0),
  });
  const rate = (id: string, title: string): Column<Ranked> => ({
    id,
    title,
    ...(hints[id] ? { hint: hints[id] } : {}),
    value: row => row.rates[id],
    show: row => {
      const share = row.rates[id];
      return share == null ? '–' : percent(share);
    },
  });
  const name: Column<Ranked> = { id: 'name', title: t.rankings[ranking], value: nameOf };
  const c = t.rankingColumns;
  if (ranking === 'department') {
    return [
      name,
      count('called', c.called),
      count('done', c.done),
      rate('report_in_rate', c.reportIn),
      rate('on_time_report_in_rate', c.onTime),
      rate('satisfaction_rate', c.satisfied),
    ];
  }
  const work = [
    count('reported', c.reported),
    count('closed', c.closed),
    count('overdue', c.overdue),
    rate('on_time_handling_rate', c.onTime),
    rate('closing_rate', c.closingRate),
  ];
  return ranking === 'task_force' ? [name, chief(), ...work] : [name, ...work];
}

/** Who answers for the street. */
function chief(): Column<Ranked> {
  const known = new Map((answerIn(theStreets.asked.value) ?? []).map(street => [street.id, street.chief]));
  return {
    id: 'chief',
    title: wallWords().rankingColumns.chief,
    value: row => {
      const person = known.get(row.key);
      return person ? nameOf(person) : null;
    },
  };
}
