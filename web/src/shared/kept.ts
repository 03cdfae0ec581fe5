import { effect, type Signal, signal } from '@preact/signals';

/** The browser's own database, for what must outlive a closed page: what was typed, what waits, what is followed. */

const STORE = 'kept';

export interface Drawer {
  /** What is kept under a name; undefined where nothing is, or where the browser keeps nothing. */
  kept<Value>(name: string): Promise<Value | undefined>;
  /** Keep it; true once it is safe on the disk. */
  keep(name: string, value: unknown): Promise<boolean>;
}

function open(database: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(database, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(STORE);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** A database of one store, by name. */
export function drawerNamed(name: string): Drawer {
  return {
    async kept<Value>(key: string): Promise<Value | undefined> {
      try {
        const database = await open(name);
        return await new Promise<Value | undefined>((resolve, reject) => {
          const request = database.transaction(STORE).objectStore(STORE).get(key);
          request.onsuccess = () => resolve(request.result as Value | undefined);
          request.onerror = () => reject(request.error);
        }).finally(() => database.close());
      } catch {
        return undefined;
      }
    },
    async keep(key: string, value: unknown): Promise<boolean> {
      try {
        const database = await open(name);
        await new Promise<void>((resolve, reject) => {
          const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' });
          transaction.objectStore(STORE).put(value, key);
          transaction.oncomplete = () => resolve();
          transaction.onabort = () => reject(transaction.error);
        }).finally(() => database.close());
        return true;
      } catch {
        return false;
      }
    },
  };
}

const PAUSE_MS = 200;

/** Something that is being written: kept with every letter, and there again when the page is opened anew. */
export interface KeptDraft<Value> {
  draft: Signal<Value>;
  /** Read what was written before, and keep what is written from now on. */
  follow(): Promise<void>;
}

export function keptDraft<Value extends object>(
  drawer: Drawer,
  name: string,
  empty: Value,
): KeptDraft<Value> {
  const draft = signal(empty);
  let followed = false;
  return {
    draft,
    async follow() {
      if (followed) return;
      followed = true;
      const before = await drawer.kept<Value>(name);
      if (before && draft.value === empty) draft.value = { ...empty, ...before };
      let later: ReturnType<typeof setTimeout> | undefined;
      effect(() => {
        const now = draft.value;
        clearTimeout(later);
        later = setTimeout(() => void drawer.keep(name, now), PAUSE_MS);
      });
      addEventListener('pagehide', () => void drawer.keep(name, draft.value));
    },
  };
}
