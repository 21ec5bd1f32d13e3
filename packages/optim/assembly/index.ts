export { accumulate, scaleInPlace } from './accumulate';
export { adamWUpdate } from './adamw-update';
export { blockStatistics, clippedNorm } from './global-norm';
