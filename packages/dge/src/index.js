export { applyDge } from "./apply-dge/apply-dge.js";
export { dgeDerivative } from "./derivative.js";
export { dgeIntervals } from "./intervals.js";
export { registerDge } from "./register.js";
export { dgeSmoothBound, dgeSmoothDerivative } from "./smooth-derivative.js";
export { dgeSurrogate } from "./surrogate.js";
//# sourceMappingURL=index.js.map