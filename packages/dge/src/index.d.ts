export { applyDge } from './apply-dge/apply-dge.ts';
export type { ApplyDgeOptions } from './apply-dge/apply-dge.ts';
export { dgeDerivative } from './derivative.ts';
export type { DgeDerivativeOptions, DgeOutside, DgeSurrogateOptions } from './dge-options.ts';
export { dgeIntervals } from './intervals.ts';
export type { DgeInterval } from './intervals.ts';
export { registerDge } from './register.ts';
export { dgeSmoothBound, dgeSmoothDerivative } from './smooth-derivative.ts';
export type { DgeSmoothOptions } from './smooth-derivative.ts';
export { dgeSurrogate } from './surrogate.ts';
//# sourceMappingURL=index.d.ts.map