/** The browser's own database: what was typed, what waits to be sent, what can be followed. */

const DATABASE = 'yilu-resident';
const STORE = 'kept';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(STORE);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** What is kept under a name; undefined where nothing is, or where the browser keeps nothing. */
export async function kept<Value>(name: string): Promise<Value | undefined> {
  try {
    const database = await open();
    return await new Promise<Value | undefined>((resolve, reject) => {
      const request = database.transaction(STORE).objectStore(STORE).get(name);
      request.onsuccess = () => resolve(request.result as Value | undefined);
      request.onerror = () => reject(request.error);
    }).finally(() => database.close());
  } catch {
    return undefined;
  }
}

/** Keep it; true once it is safe on the disk. */
export async function keep(name: string, value: unknown): Promise<boolean> {
  try {
    const database = await open();
    await new Promise<void>((resolve, reject) => {
      const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' });
      transaction.objectStore(STORE).put(value, name);
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    }).finally(() => database.close());
    return true;
  } catch {
    return false;
  }
}
