import { computed } from '@preact/signals';
import { inAddress, putInAddress } from '../shared/address';

/** Which street, person or hotspot the card tells of; it stands in the address: a link shows the same. */

type CardKind = 'street' | 'person' | 'spot';

export const openCard = (kind: CardKind, id: string) => putInAddress({ card: `${kind}:${id}` }, true);
export const closeCard = () => putInAddress({ card: null }, true);

const opened = (wanted: CardKind) =>
  computed(() => {
    const [kind, ...rest] = (inAddress('card') ?? '').split(':');
    return kind === wanted ? rest.join(':') || null : null;
  });
export const openStreet = opened('street');
export const openPerson = opened('person');
/** Of a hotspot: longitude and latitude of where it was clicked, with a comma between them. */
export const openSpot = opened('spot');
