export { accumulate, scaleInPlace } from './accumulate';
export { adamWMixed } from './adamw-mixed';
export { adamWUpdate } from './adamw-update';
export { blockStatistics, clippedNorm } from './global-norm';
