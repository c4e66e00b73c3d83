import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Client } from 'undici';

/** Asks /live every few milliseconds, says so, and when it is told to end says how long the longest answer took. */
const client = new Client(String(workerData));
let longest = 0;
let over = false;
parentPort?.once('message', () => {
  over = true;
});
const ask = async (): Promise<number> => {
  const from = performance.now();
  const { body } = await client.request({ method: 'GET', path: '/live' });
  await body.dump();
  return performance.now() - from;
};
// the first one opens the connection, and loads what this thread needs for it
await ask();
parentPort?.postMessage('begun');
while (!over) {
  await wait(2);
  longest = Math.max(longest, await ask());
}
await client.destroy();
parentPort?.postMessage(longest);
