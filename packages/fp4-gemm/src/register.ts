import { registerF32MatMul } from './f32-matmul/register.ts';
import { registerFp4BlockMatMul } from './fp4-block-matmul/register.ts';
import { registerFp4BlockMatMulDw } from './fp4-block-matmul-dw/register.ts';
import { registerFp4BlockMatMulDx } from './fp4-block-matmul-dx/register.ts';
import { registerFp4Dequantize } from './fp4-dequantize/register.ts';
import { registerFp4MatMul } from './fp4-matmul/register.ts';
import { registerFp4MatMulBackward } from './fp4-matmul-backward/register.ts';
import { registerFp4MatMulDw } from './fp4-matmul-dw/register.ts';
import { registerFp4MatMulDx } from './fp4-matmul-dx/register.ts';
import { registerFp4QuantizeAll } from './fp4-quantize-all/register.ts';
import { registerFp4Quantize } from './fp4-quantize/register.ts';

/**
 * Registers this package's kernels for `cpu`, `wasm` and `webgpu`, and their gradients, with TensorFlow.js. Every op
 * registers its own kernel; call this to run them all by name. May be called any number of times.
 */
export function registerFp4Gemm(): void {
  registerF32MatMul();
  registerFp4BlockMatMul();
  registerFp4BlockMatMulDw();
  registerFp4BlockMatMulDx();
  registerFp4Dequantize();
  registerFp4MatMul();
  registerFp4MatMulBackward();
  registerFp4MatMulDw();
  registerFp4MatMulDx();
  registerFp4Quantize();
  registerFp4QuantizeAll();
}
