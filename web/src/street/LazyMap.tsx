import { later } from '../shared/parts/later';
import type { PhoneMapProps } from './PhoneMap';

/** The map, fetched when it is first looked at. */
export const LazyMap = later<PhoneMapProps>(() => import('./PhoneMap'), 4);
