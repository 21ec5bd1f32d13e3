export { compensate } from './compensate';
export { compensateDw } from './compensate-dw';
export { occQuantize } from './occ-quantize';
export { roundResidualE4m3, roundRowsE4m3 } from './round-e4m3';
export { transpose } from './transpose';
