/**
 * Fetch, and wait for the last byte. A network that is cut within the headers leaves, over plain HTTP, an answer of
 * nothing that looks well, or a status that is none: neither may take the place of what is kept.
 */
export async function wholeAnswer(request: RequestInfo): Promise<Response> {
  const fresh = await fetch(request);
  if (fresh.status < 200 || (fresh.status >= 300 && fresh.status < 400)) throw new TypeError('cut off');
  if (fresh.status !== 200) return fresh;
  const { byteLength } = await fresh.clone().arrayBuffer();
  // What is empty and whole says so, as a tile does where nothing stands; of a longer one the browser misses the rest.
  if (byteLength === 0 && !fresh.headers.get('content-length')) throw new TypeError('cut off');
  return fresh;
}
