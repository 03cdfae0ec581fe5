/** Keys a page listens to, and the list of them that `?` shows. */

export interface KeyAct {
  /** As `KeyboardEvent.key` says it; two keys in a row are written with a space: `g c`. */
  keys: string;
  /** What it does, in the language of the moment. */
  says: () => string;
  act: (event: KeyboardEvent) => void;
  /** Also while somebody types; only for keys that write nothing. */
  whileTyping?: boolean;
}

const SECOND_KEY_WITHIN_MS = 1200;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Follow the keys of a page; the result stops it. A key held with Ctrl, Alt or Meta is the browser's. */
export function listenToKeys(
  acts: () => readonly KeyAct[],
  root: Document | HTMLElement = document,
): () => void {
  let first = '';
  let firstAt = 0;

  function heard(event: Event): void {
    const pressed = event as KeyboardEvent;
    if (
      pressed.defaultPrevented ||
      pressed.isComposing ||
      pressed.ctrlKey ||
      pressed.altKey ||
      pressed.metaKey
    )
      return;
    const typing = isTyping(pressed.target);
    const recent = performance.now() - firstAt < SECOND_KEY_WITHIN_MS;
    const together = first && recent ? `${first} ${pressed.key}` : '';
    const act =
      acts().find(one => one.keys === together && (!typing || one.whileTyping)) ??
      acts().find(one => one.keys === pressed.key && (!typing || one.whileTyping));
    first = '';
    if (act) {
      pressed.preventDefault();
      act.act(pressed);
    } else if (!typing && pressed.key.length === 1) {
      first = pressed.key;
      firstAt = performance.now();
    }
  }

  root.addEventListener('keydown', heard);
  return () => root.removeEventListener('keydown', heard);
}
