// A server with two routes, and a client beside it that tells what it saw.
// Facts go to standard output, measured times to standard error.

import { Agent, createServer, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, workerData } from 'node:worker_threads';

const [NOT_YET, HASHING, HASHED] = [0, 1, 2];
const PINGS = 10;

// Serves `/hash` with `hash(password)` and `/ping` with a word, asks for one
// hash and then, while it is under way, for ten pings.
export async function tryOut(hash) {
  const stage = new Int32Array(new SharedArrayBuffer(4));
  // ANCHOR: server
  const server = createServer(async (request, response) => {
    if (request.url === '/hash') {
      stage[0] = HASHING;
      const key = await hash('correct horse');
      stage[0] = HASHED;
      response.end(key.toString('hex'));
    } else {
      response.end('pong');
    }
  });
  // ANCHOR_END: server
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const client = new Worker(fileURLToPath(import.meta.url), {
    workerData: { port: server.address().port, stage },
  });
  const { during, waits } = await new Promise((resolve, reject) => {
    client.once('message', resolve).once('error', reject);
  });
  server.close();
  console.log(`pings sent while the hash ran: ${PINGS}`);
  console.log(`answered while it still ran:   ${during}`);
  const times = waits.map((wait) => wait.toFixed(0)).join(', ');
  console.error(`waited, in ms: ${times}`);
}

if (!isMainThread) {
  const { parentPort } = await import('node:worker_threads');
  const { port, stage } = workerData;
  const agent = new Agent({ keepAlive: true, maxSockets: PINGS + 1 });
  const get = (path) =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, agent }, (response) =>
        response.resume().once('end', resolve),
      );
      asked.once('error', reject).end();
    });
  const hash = get('/hash');
  while (stage[0] === NOT_YET) await new Promise(setImmediate);
  let during = 0;
  const ping = async () => {
    const asked = performance.now();
    await get('/ping');
    if (stage[0] === HASHING) during += 1;
    return performance.now() - asked;
  };
  const waits = await Promise.all(Array.from({ length: PINGS }, ping));
  await hash;
  agent.destroy();
  parentPort.postMessage({ during, waits });
}
