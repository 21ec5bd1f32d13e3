export { compensate } from './compensate';
export { compensateCompressed, compensateDwCompressed } from './compensate-compressed';
export { compensateDw } from './compensate-dw';
export { occQuantize } from './occ-quantize';
export { occQuantizeTensor } from './occ-quantize-tensor';
export { roundResidualE4m3, roundRowsE4m3 } from './round-e4m3';
export { tensorThresholds } from './tensor-thresholds';
export { transpose } from './transpose';
