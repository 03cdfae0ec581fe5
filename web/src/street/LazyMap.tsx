import { lazy, Suspense } from 'preact/compat';
import { Skeleton } from '../shared/parts/States';
import type { PhoneMapProps } from './PhoneMap';

const PhoneMap = lazy(() => import('./PhoneMap'));

/** The map, fetched when it is first looked at. */
export function LazyMap(props: PhoneMapProps) {
  return (
    <Suspense fallback={<Skeleton lines={4} />}>
      <PhoneMap {...props} />
    </Suspense>
  );
}
