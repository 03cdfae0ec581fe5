import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { keptScroll, windowOf } from './list_window';
import './list.css';

interface ListProps<Item> {
  items: readonly Item[];
  keyOf: (item: Item) => string;
  rowHeight: number;
  label: string;
  chosen?: string | null;
  /** Rows whose content just changed: they glow once. */
  changed?: ReadonlySet<string>;
  /** A row: a button or link that fills it. */
  children: (item: Item, index: number) => ComponentChildren;
}

/** A list of any length: draws only what is seen, and keeps its place while the items change. */
export function List<Item>({ items, keyOf, rowHeight, label, chosen, changed, children }: ListProps<Item>) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const keysBefore = useRef<string[]>([]);

  const keys = useMemo(() => items.map(keyOf), [items]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const kept = keptScroll(keysBefore.current, keys, rowHeight, element.scrollTop);
    if (keysBefore.current.length > 0 && kept !== element.scrollTop) element.scrollTop = kept;
    keysBefore.current = keys;
  }, [keys]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    let isPrinted = false;
    const look = () => {
      if (!isPrinted) setView({ top: element.scrollTop, height: element.clientHeight });
    };
    // Paper does not scroll: all of it is drawn.
    const print = () => {
      isPrinted = true;
      setView({ top: 0, height: Number.POSITIVE_INFINITY });
    };
    const printed = () => {
      isPrinted = false;
      look();
    };
    addEventListener('beforeprint', print);
    addEventListener('afterprint', printed);
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', look);
      removeEventListener('beforeprint', print);
      removeEventListener('afterprint', printed);
    };
  }, []);

  useLayoutEffect(() => {
    const index = chosen ? keys.indexOf(chosen) : -1;
    if (index >= 0 && box.current) scrollIntoView(box.current, index * rowHeight, rowHeight);
    // Only a new choice may move the list; items that change must not.
  }, [chosen]);

  const { first, end } = windowOf(items.length, rowHeight, view.top, view.height);
  return (
    <div class="list" ref={box}>
      <ul class="list__room" style={{ height: `${items.length * rowHeight}px` }} aria-label={label}>
        {items.slice(first, end).map((item, offset) => {
          const index = first + offset;
          const key = keys[index] as string;
          const look = `list__row${key === chosen ? ' list__row--chosen' : ''}${changed?.has(key) ? ' list__row--changed' : ''}`;
          return (
            <li
              key={key}
              class={look}
              style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}
              aria-setsize={items.length}
              aria-posinset={index + 1}
            >
              {children(item, index)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function scrollIntoView(box: HTMLElement, top: number, height: number): void {
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + height > box.scrollTop + box.clientHeight) box.scrollTop = top + height - box.clientHeight;
}
