// The Web Worker in which the lab trains.
import { Engine } from './engine.ts';
import type { RequestMessage, WorkerMessage } from './protocol.ts';
import { serveRequest } from './serve-request.ts';

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one page
const post = (message: WorkerMessage): void => self.postMessage(message);
const engine = new Engine(post);

self.addEventListener('message', ({ data }: MessageEvent<RequestMessage>) => {
  void serveRequest(engine, data, post);
});
