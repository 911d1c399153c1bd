// @ts-check
// What `cargo learn` sends, over one connection for all windows of a browser. It opens
// six to a host and no more: with a stream for each, the seventh window never loaded.
// The window that has the lock listens and passes on what it hears. When it is closed
// or hidden, another one gets the lock.

/** Of the lock, and of what is passed on. */
const NAME = "cargo-learn";

/** How long to wait before the browser is asked to connect again, where it gave up. */
const AGAIN = 1000;

/** @typedef {[name: string, what?: any]} Message an event; `lost` where there is no connection */

/**
 * Hears all events from now on.
 * @param {(...message: Message) => void} take
 * @param {() => Message[]} known what a window that has just been opened is told
 * @returns {() => void} ends it
 */
export function hear(take, known) {
  const end = new AbortController();
  const { signal } = end;
  if (!navigator.locks) {
    // Browsers have no locks at an address that anybody could stand behind.
    listen(take, signal);
    return () => end.abort();
  }
  const channel = new BroadcastChannel(NAME);
  let isListening = false;
  channel.addEventListener("message", ({ data: [name, what] }) => {
    if (name !== "hello") take(name, what);
    else if (isListening) known().forEach((message) => channel.postMessage(message));
  });
  signal.addEventListener("abort", () => channel.close());
  navigator.locks.request(NAME, { signal }, () => new Promise((release) => {
    signal.addEventListener("abort", release);
    if (signal.aborted) return release(undefined);
    isListening = true;
    listen((...message) => {
      channel.postMessage(message);
      take(...message);
    }, signal);
  })).catch(() => {}); // It ended before its turn came.
  channel.postMessage(["hello"]);
  return () => end.abort();
}

/**
 * @param {(...message: Message) => void} take
 * @param {AbortSignal} signal
 */
function listen(take, signal) {
  if (signal.aborted) return;
  const source = new EventSource("/learn/events");
  signal.addEventListener("abort", () => source.close());
  for (const name of ["state", "book", "prepare", "drill"]) {
    source.addEventListener(name, ({ data }) => take(name, JSON.parse(data)));
  }
  source.addEventListener("error", () => {
    take("lost");
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(take, signal), AGAIN);
  });
}
