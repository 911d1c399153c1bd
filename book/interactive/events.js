// @ts-check
// The events of `cargo learn`, over one connection for all windows of a browser. A browser
// opens only six connections to a host: with a stream for each, the seventh window never
// loaded. The window that has the lock listens and passes events on. When it is closed
// or hidden, another one gets the lock.

/** The name of the lock, and of the channel for passing on. */
const NAME = "cargo-learn";

/** How long to wait before connecting again after the browser gave up. */
const AGAIN = 1000;

/** @typedef {[name: string, what?: any]} Message an event; `lost` where there is no connection */

/**
 * Receives all events from now on.
 * @param {(...message: Message) => void} take
 * @param {() => Message[]} known what to tell a window that has just been opened
 * @returns {() => void} ends it
 */
export function hear(take, known) {
  const end = new AbortController();
  const { signal } = end;
  if (!navigator.locks) {
    // Browsers offer no locks at an address without a secure origin.
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
