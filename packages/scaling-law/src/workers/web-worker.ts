// The entry of a browser's worker: new Worker(new URL('@nibble-ml/scaling-law/web-worker', …), { type: 'module' }).
import type { FromWorker, ToWorker } from './messages.ts';
import { createServer } from './serve.ts';

const port = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  addEventListener(type: 'message', listener: (event: { readonly data: ToWorker }) => void): void;
};
// A worker's own postMessage has no target origin.
const serve = createServer((message) => port.postMessage(message));
port.addEventListener('message', ({ data }) => serve(data));
