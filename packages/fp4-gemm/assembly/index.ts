export { f32MatMul, f32MatMulScratch, fp4MatMulMixed } from './f32-matmul';
export { fp4BlockMatMul, fp4BlockMatMulScratch } from './fp4-block-matmul';
export { decodeBlockScales } from './fp4-block-scales';
export { fp4Dequantize } from './fp4-dequantize';
export { fp4MatMul, fp4MatMulScratch } from './fp4-matmul';
export { fp4Quantize } from './fp4-quantize';
export { gradientMatMul, gradientMatMulScratch } from './gradient-matmul';
