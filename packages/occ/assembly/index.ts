export { compensate } from './compensate';
export { compensateDw } from './compensate-dw';
export { occQuantize } from './occ-quantize';
export { transpose } from './transpose';
