/**
 * One stream of news for a whole browser: HTTP/1.1 allows six connections to a server, so the tabs share one.
 * Whichever tab holds the lock reads the stream and passes every frame on; when it closes, another takes over from
 * the last frame it saw.
 */

export type LiveState = 'connecting' | 'live' | 'lost';

export interface LiveFrame {
  /** The stream's own id of the frame: where to go on from. */
  id: string;
  /** The event's name, 'message' when the server gave none. */
  event: string;
  data: unknown;
}

export interface LiveListener {
  onFrame: (frame: LiveFrame) => void;
  /** Every sign of life, frames and heartbeats. */
  onBeat?: (at: number) => void;
  /** `since` is when the last frame or heartbeat came, in milliseconds since 1970. */
  onState: (state: LiveState, since: number | null) => void;
}

/** Frames are passed on as they came: text costs next to nothing to hand from tab to tab. */
interface Passed {
  frame?: Omit<LiveFrame, 'data'> & { text: string };
  state?: LiveState;
  beat?: true;
}

const SILENT_AFTER_MS = 20_000;
const LOOK_EVERY_MS = 2_000;
const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000];

/**
 * Follow `path` (with its query); `events` names the kinds of frames to hear. The result ends it. A stream of this
 * tab's own begins at the place that `from` comes to, or now where it comes to none; what other tabs pass on is
 * heard at once.
 */
export function followLive(
  path: string,
  events: readonly string[],
  listener: LiveListener,
  from: Promise<string | undefined> = Promise.resolve(undefined),
): () => void {
  const ended = new AbortController();
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(`yilu.live ${path}`) : null;
  let lastId = '';
  let lastHeard: number | null = null;
  let state: LiveState = 'connecting';
  let source: EventSource | null = null;
  let failures = 0;
  let leads = false;

  function tell(next: LiveState): void {
    state = next;
    listener.onState(state, lastHeard);
  }

  function hear(passed: Passed): void {
    if (passed.frame) {
      // A tab that took over may repeat what was already passed on.
      lastId = passed.frame.id || lastId;
      const { id, event, text } = passed.frame;
      listener.onFrame({ id, event, data: JSON.parse(text) as unknown });
    }
    if (passed.frame || passed.beat) {
      lastHeard = Date.now();
      listener.onBeat?.(lastHeard);
      if (state !== 'live') tell('live');
    }
    if (passed.state && passed.state !== state) tell(passed.state);
  }

  function pass(passed: Passed): void {
    hear(passed);
    channel?.postMessage(passed);
  }

  function open(): void {
    if (ended.signal.aborted) return;
    const joint = path.includes('?') ? '&' : '?';
    source = new EventSource(lastId ? `${path}${joint}last_event_id=${encodeURIComponent(lastId)}` : path);
    source.onopen = () => {
      failures = 0;
      pass({ beat: true });
    };
    source.onerror = () => {
      source?.close();
      pass({ state: 'lost' });
      const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 1_000;
      failures += 1;
      // Spread out, or every browser of the city returns in the same instant.
      setTimeout(open, wait * (0.75 + Math.random() / 2));
    };
    source.addEventListener('beat', () => pass({ beat: true }));
    for (const name of events) {
      source.addEventListener(name, message => {
        const { data, lastEventId } = message as MessageEvent<string>;
        pass({ frame: { id: lastEventId, event: name, text: data } });
      });
    }
  }

  function lead(): Promise<void> {
    if (ended.signal.aborted) return Promise.resolve();
    leads = true;
    void from.then(place => {
      lastId ||= place ?? '';
      open();
    });
    return new Promise(done => {
      ended.signal.addEventListener('abort', () => {
        source?.close();
        done();
      });
    });
  }

  if (channel) channel.onmessage = message => !leads && hear(message.data as Passed);
  // Locks exist on HTTPS and localhost only; elsewhere every tab reads for itself.
  if (channel && navigator.locks) {
    navigator.locks.request(`yilu.live ${path}`, { signal: ended.signal }, lead).catch(() => undefined);
  } else void lead();

  const watch = setInterval(() => {
    if (state === 'live' && lastHeard !== null && Date.now() - lastHeard > SILENT_AFTER_MS) tell('lost');
  }, LOOK_EVERY_MS);

  return () => {
    ended.abort();
    clearInterval(watch);
    channel?.close();
  };
}
