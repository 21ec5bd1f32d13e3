export { nodeFitWorker } from './workers/node-fit-worker.ts';
export type { FitWorker } from './workers/fit-worker.ts';
