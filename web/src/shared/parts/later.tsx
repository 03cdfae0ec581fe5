import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { sharedWords } from '../words';
import { Button } from './Button';
import { EmptyState, Skeleton } from './States';

type Loaded<Props> = ComponentType<Props> | 'failed' | null;

/** A part of the page that is fetched when it is first looked at, and says so where it cannot be had. */
export function later<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  skeletonLines: number,
): ComponentType<Props> {
  return function Later(props: Props) {
    const t = sharedWords();
    const [part, setPart] = useState<Loaded<Props>>(null);
    const fetchIt = () => {
      setPart(null);
      load().then(
        module => setPart(() => module.default),
        () => setPart('failed'),
      );
    };
    useEffect(fetchIt, []);
    if (part === null) return <Skeleton lines={skeletonLines} />;
    if (part !== 'failed') {
      const Part = part;
      return <Part {...props} />;
    }
    return (
      <EmptyState
        icon="offline"
        title={t.offlineTitle}
        act={
          <Button icon="replay" onClick={fetchIt}>
            {t.retry}
          </Button>
        }
      >
        {t.partNotHere}
      </EmptyState>
    );
  };
}
