import type { Entry, Shelf } from './outbox';

const DATABASE = 'yilu-phone';
const STORE = 'outbox';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(STORE, { keyPath: 'id' });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within<Answer>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<Answer>,
): Promise<Answer> {
  const database = await open();
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** The browser's own database: survives a killed browser, and says so when the disk is full. */
export const phoneShelf: Shelf = {
  all: () => within<Entry[]>('readonly', store => store.getAll() as IDBRequest<Entry[]>),
  put: async entry => {
    await within('readwrite', store => store.put(entry));
  },
  remove: async id => {
    await within('readwrite', store => store.delete(id));
  },
};
