import type { ComponentChildren } from 'preact';
import type { Problem } from '../api';
import { shortMoment } from '../formats';
import type { Asked } from '../question';
import { sharedWords } from '../words';
import { Button } from './Button';
import { Icon, type IconName } from './Icon';
import './states.css';

/** Grey lines in the shape of what is coming. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  return (
    <div class="skeleton" role="status" aria-label={sharedWords().loading}>
      {Array.from({ length: lines }, (_, index) => (
        <i key={index} />
      ))}
    </div>
  );
}

interface EmptyStateProps {
  icon?: IconName;
  title: string;
  children?: ComponentChildren;
  act?: ComponentChildren;
}

/** Nothing to show, and what to do about it. */
export function EmptyState({ icon = 'inbox', title, children, act }: EmptyStateProps) {
  return (
    <div class="empty">
      <Icon name={icon} size={28} />
      <h3>{title}</h3>
      {children && <p>{children}</p>}
      {act}
    </div>
  );
}

/** What happened, what was kept, what to do now. */
export function ErrorState({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const t = sharedWords();
  const forbidden = problem.status === 401 || problem.status === 403;
  const icon: IconName = problem.isOffline ? 'offline' : forbidden ? 'lock' : 'alert';
  return (
    <div class="empty empty--error" role="alert">
      <Icon name={icon} size={28} />
      <h3>{problem.title || (forbidden ? t.noPermission : t.unknownProblem)}</h3>
      <p>{problem.detail || (forbidden ? t.noPermissionDetail : t.problemKept)}</p>
      {retry && (
        <Button icon="replay" onClick={retry}>
          {t.retry}
        </Button>
      )}
    </div>
  );
}

/** A strip above older content when the fresh could not be had. */
export function StaleNotice({ since, retry }: { since: number | string; retry?: () => void }) {
  const t = sharedWords();
  return (
    <div class="notice" role="status">
      <Icon name="offline" />
      <span>{t.offlineSince(shortMoment(since))}</span>
      {retry && <Button onClick={retry}>{t.retry}</Button>}
    </div>
  );
}

interface ShownProps<Answer> {
  asked: Asked<Answer>;
  retry?: () => void;
  skeletonLines?: number;
  children: (answer: Answer) => ComponentChildren;
}

/** Draws an asked question in whichever state it is; an earlier answer stays while a newer one is fetched. */
export function Shown<Answer>({ asked, retry, skeletonLines, children }: ShownProps<Answer>) {
  const again = retry ? { retry } : {};
  if (asked.state === 'ready') return <>{children(asked.answer)}</>;
  if (asked.state === 'failed') {
    if (asked.earlier === undefined) return <ErrorState problem={asked.problem} {...again} />;
    return (
      <>
        <StaleNotice since={asked.earlierAt ?? Date.now()} {...again} />
        {children(asked.earlier)}
      </>
    );
  }
  if (asked.state === 'loading' && asked.earlier !== undefined) return <>{children(asked.earlier)}</>;
  return <Skeleton lines={skeletonLines ?? 6} />;
}
