import { holderName } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { countdown, duration, number } from '../shared/formats';
import { Button, IconButton } from '../shared/parts/Button';
import { List } from '../shared/parts/List';
import { Mark } from '../shared/parts/Mark';
import { EmptyState, Skeleton } from '../shared/parts/States';
import { may } from '../shared/session';
import { caseStateName } from '../shared/words';
import { openPlan } from './batch';
import { type Placed, secondsLeft } from './case_marks';
import { dragged, dropPlace } from './drag_person';
import { exportQueue } from './export';
import { isLoaded } from './feed';
import { HandsInRow } from './Hands';
import { QueueFilters } from './QueueFilters';
import { isReplaying } from './replay';
import { SelectionBar } from './SelectionBar';
import {
  cases,
  clearFilter,
  form,
  isFiltered,
  openCase,
  openId,
  placeOf,
  queue,
  selected,
  shownSecond,
  toggleSelected,
} from './state';
import { wallWords, worded } from './words';

const ROW_PX = 60;
const WALL_ROW_PX = 84;

/** The cases that want something, the most urgent first. */
export function Queue() {
  const t = wallWords();
  const rows = queue.value;
  const isWall = form.value === 'wall';
  return (
    <>
      <header class="queue__head">
        <h2>{t.queue}</h2>
        <span class="quiet">{isLoaded.value ? t.queueCount(number(rows.length)) : ''}</span>
        {may('dispatch') && !isWall && (
          <Button look="quiet" icon="send" onClick={openPlan}>
            {t.planAll}
          </Button>
        )}
        <IconButton icon="download" label={t.exportList} onClick={() => exportQueue(rows)} />
      </header>
      <QueueFilters />
      {selected.value.size > 0 && <SelectionBar />}
      <div class="queue__rows">
        {!isLoaded.value && <Skeleton lines={14} />}
        {isLoaded.value && rows.length === 0 && <NothingQueued />}
        {rows.length > 0 && (
          <List
            items={rows}
            keyOf={({ one }) => one.id}
            rowHeight={isWall ? WALL_ROW_PX : ROW_PX}
            label={t.queue}
            chosen={openId.value}
            changed={cases.changed.value}
          >
            {placed => <QueueRow placed={placed} />}
          </List>
        )}
      </div>
    </>
  );
}

function NothingQueued() {
  const t = wallWords();
  return isFiltered.value ? (
    <EmptyState icon="filter" title={t.noCases} act={<Button onClick={clearFilter}>{t.clearFilters}</Button>}>
      {t.noCasesHint}
    </EmptyState>
  ) : (
    <EmptyState icon="done" title={t.noOpenCases}>
      {!isReplaying.value && t.noOpenCasesHint}
    </EmptyState>
  );
}

function QueueRow({ placed: { one, mark } }: { placed: Placed }) {
  const t = wallWords();
  const category = policyName('category', one.category);
  return (
    <div class={`case-row case-row--${mark}${dragged.value ? ' case-row--drop' : ''}`} {...dropPlace(one.id)}>
      <input
        type="checkbox"
        class="case-row__pick"
        aria-label={t.selectCase(one.number)}
        checked={selected.value.has(one.id)}
        onChange={() => toggleSelected(one.id)}
      />
      <button type="button" class="case-row__body" onClick={() => openCase(one.id)}>
        <Mark state={mark} size={12 + one.severity * 1.5} />
        <span class="case-row__lines">
          <span class="case-row__line">
            <span class="one-line">{category}</span>
            <TimeLeft placed={{ one, mark }} />
          </span>
          <span class="case-row__line quiet small">
            <span class="one-line">
              {placeOf(one)} · {t.caseNumber(one.number)}
              {one.holder_name && ` · ${holderName(one)}`}
            </span>
            <HandsInRow id={one.id} />
            <span class="case-row__state">{caseStateName(one.state)}</span>
          </span>
        </span>
      </button>
    </div>
  );
}

/** The time left by the second when it is short, in words when it is long. */
export function TimeLeft({ placed: { one, mark } }: { placed: Placed }) {
  const t = wallWords();
  const left = secondsLeft(one, shownSecond.value);
  if (mark === 'paused') return <span class="quiet">{worded(t.clocks, one.clock)}</span>;
  if (left === null || mark === 'settled') {
    const age = (shownSecond.value - Date.parse(one.reported_at)) / 1000;
    return <span class="quiet">{t.ago(duration(age))}</span>;
  }
  const short = Math.abs(left) < 3600;
  const said = short ? countdown(left) : duration(left);
  return <span class={`time time--${mark}`}>{left < 0 ? t.late(said) : short ? said : t.left(said)}</span>;
}
