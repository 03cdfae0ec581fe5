import type { CaseEvent } from '../shared/case_api';
import { nameOf } from '../shared/language';
import { postName } from '../shared/words';
import { wallWords } from './words';

/** Who acted, and in which post; where a timer did, the system. */
export function actorInWords({ actor, actor_en, actor_post }: CaseEvent): string {
  const t = wallWords();
  return actor_post === 'system'
    ? t.system
    : t.by(nameOf({ name: actor, name_en: actor_en }), postName(actor_post));
}
