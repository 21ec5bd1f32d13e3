// The entry of a worker thread of Node.
import { parentPort } from 'node:worker_threads';
import { createServer } from './serve.ts';

const port = parentPort!;
port.on(
  'message',
  createServer((message) => port.postMessage(message)),
);
