export { accumulate, scaleInPlace } from './accumulate';
export { adamWUpdate } from './adamw-update';
export { clipFactor, normOfPartials, sumOfSquares } from './global-norm';
