export { accumulate, scaleInPlace } from './accumulate';
export { accumulateE4m3, accumulateE5m2, averageE4m3, averageE5m2 } from './accumulate-fp8';
export { adamWMixed } from './adamw-mixed';
export { adamWUpdate } from './adamw-update';
export { blockStatistics, clippedNorm } from './global-norm';
