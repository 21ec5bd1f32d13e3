// Compiled with relaxed SIMD: `ASC_FEATURE_RELAXED_SIMD` picks int8 panels and their tile.
export { fp4BlockMatMul, fp4BlockMatMulScratch } from './fp4-block-matmul';
export { fp4MatMul, fp4MatMulScratch } from './fp4-matmul';
export { gradientMatMul, gradientMatMulScratch } from './gradient-matmul';
