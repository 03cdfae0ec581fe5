import { nameOf } from '../shared/language';
import { Icon, type IconName } from '../shared/parts/Icon';
import type { Found, FoundKind } from '../shared/territory_api';
import { sharedWords } from '../shared/words';

const ICONS: Record<FoundKind, IconName> = {
  area: 'map',
  street: 'route',
  centre: 'house',
  estate: 'building',
};

/** One line of what a search found: what it is called, what it is, its code. */
export function FoundRow({ found }: { found: Found }) {
  const t = sharedWords();
  const kind = found.kind === 'area' && found.level ? t.levels[found.level] : wordOf(found.kind, t);
  return (
    <>
      <Icon name={ICONS[found.kind]} />
      <span class="found__name one-line">{nameOf(found)}</span>
      <span class="quiet small">
        {kind}
        {found.kind === 'area' && ` ${found.id}`}
      </span>
    </>
  );
}

function wordOf(kind: FoundKind, t: ReturnType<typeof sharedWords>): string {
  if (kind === 'street') return t.street;
  return kind === 'centre' ? t.centre : t.estate;
}
