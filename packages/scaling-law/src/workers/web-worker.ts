// The entry of a browser's worker: new Worker(new URL('@nibble-ml/scaling-law/web-worker', …), { type: 'module' }).
import type { FromWorker, ToWorker } from './messages.ts';
import { createServer } from './serve.ts';

const port = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: (event: { data: ToWorker }) => void;
};
const serve = createServer((message) => port.postMessage(message));
port.onmessage = ({ data }) => serve(data);
