import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { OCC_DGE_COMPENSATE_DW } from './apply-dge-and-compensate/kernel-name.ts';
import { dgeCompensateDwWebGpu } from './apply-dge-and-compensate/webgpu.ts';
import { compensateCompressedCpu } from './compensate-compressed/cpu.ts';
import { OCC_COMPENSATE_COMPRESSED } from './compensate-compressed/kernel-name.ts';
import { compensateCompressedWasm } from './compensate-compressed/wasm.ts';
import { compensateCompressedWebGpu } from './compensate-compressed/webgpu.ts';
import { compensateDwCompressedCpu } from './compensate-dw-compressed/cpu.ts';
import { OCC_COMPENSATE_DW_COMPRESSED } from './compensate-dw-compressed/kernel-name.ts';
import { compensateDwCompressedWasm } from './compensate-dw-compressed/wasm.ts';
import { compensateDwCompressedWebGpu } from './compensate-dw-compressed/webgpu.ts';
import { compensateDwCpu } from './compensate-dw/cpu.ts';
import { OCC_COMPENSATE_DW } from './compensate-dw/kernel-name.ts';
import { compensateDwWasm } from './compensate-dw/wasm.ts';
import { compensateDwWebGpu } from './compensate-dw/webgpu.ts';
import { compensateCpu } from './compensate/cpu.ts';
import { OCC_COMPENSATE } from './compensate/kernel-name.ts';
import { compensateWasm } from './compensate/wasm.ts';
import { compensateWebGpu } from './compensate/webgpu.ts';
import { OCC_FP4_MATMUL_COMPENSATE } from './fp4-matmul-and-compensate/kernel-name.ts';
import { fp4MatMulAndCompensateWebGpu } from './fp4-matmul-and-compensate/webgpu.ts';
import { occQuantizeTensorCpu } from './occ-quantize-tensor/cpu.ts';
import { OCC_QUANTIZE_TENSOR } from './occ-quantize-tensor/kernel-name.ts';
import { occQuantizeTensorWasm } from './occ-quantize-tensor/wasm.ts';
import { occQuantizeTensorWebGpu } from './occ-quantize-tensor/webgpu.ts';
import { occQuantizeCpu } from './occ-quantize/cpu.ts';
import { OCC_QUANTIZE } from './occ-quantize/kernel-name.ts';
import { occQuantizeWasm } from './occ-quantize/wasm.ts';
import { occQuantizeWebGpu } from './occ-quantize/webgpu.ts';
import { roundResidualE4m3Cpu } from './round-residual-e4m3/cpu.ts';
import { OCC_ROUND_RESIDUAL_E4M3 } from './round-residual-e4m3/kernel-name.ts';
import { roundResidualE4m3Wasm } from './round-residual-e4m3/wasm.ts';
import { roundResidualE4m3WebGpu } from './round-residual-e4m3/webgpu.ts';
import { roundRowsE4m3Cpu } from './round-rows-e4m3/cpu.ts';
import { OCC_ROUND_ROWS_E4M3 } from './round-rows-e4m3/kernel-name.ts';
import { roundRowsE4m3Wasm } from './round-rows-e4m3/wasm.ts';
import { roundRowsE4m3WebGpu } from './round-rows-e4m3/webgpu.ts';
import { tensorThresholdsCpu } from './tensor-thresholds/cpu.ts';
import { OCC_TENSOR_THRESHOLDS } from './tensor-thresholds/kernel-name.ts';
import { tensorThresholdsWasm } from './tensor-thresholds/wasm.ts';
import { tensorThresholdsWebGpu } from './tensor-thresholds/webgpu.ts';
import { OCC_TRANSPOSE_WEIGHT } from './transpose-weight/kernel-name.ts';
import { transposeWeightStock } from './transpose-weight/stock.ts';
import { transposeWeightWasm } from './transpose-weight/wasm.ts';

let isRegistered = false;

/**
 * Registers the kernels of this package for cpu, wasm and webgpu. The ops do it by themselves; calling it again does
 * nothing.
 */
export function registerOcc(): void {
  // Every op calls this, and looking all kernels up takes as long as a small op.
  if (isRegistered) return;
  isRegistered = true;
  registerKernelOnce(OCC_QUANTIZE, 'cpu', occQuantizeCpu);
  registerKernelOnce(OCC_QUANTIZE, 'wasm', occQuantizeWasm);
  registerKernelOnce(OCC_QUANTIZE, 'webgpu', occQuantizeWebGpu);
  registerKernelOnce(OCC_COMPENSATE, 'cpu', compensateCpu);
  registerKernelOnce(OCC_COMPENSATE, 'wasm', compensateWasm);
  registerKernelOnce(OCC_COMPENSATE, 'webgpu', compensateWebGpu);
  registerKernelOnce(OCC_COMPENSATE_DW, 'cpu', compensateDwCpu);
  registerKernelOnce(OCC_COMPENSATE_DW, 'wasm', compensateDwWasm);
  registerKernelOnce(OCC_COMPENSATE_DW, 'webgpu', compensateDwWebGpu);
  registerKernelOnce(OCC_DGE_COMPENSATE_DW, 'webgpu', dgeCompensateDwWebGpu);
  registerKernelOnce(OCC_FP4_MATMUL_COMPENSATE, 'webgpu', fp4MatMulAndCompensateWebGpu);
  registerKernelOnce(OCC_ROUND_ROWS_E4M3, 'cpu', roundRowsE4m3Cpu);
  registerKernelOnce(OCC_ROUND_ROWS_E4M3, 'wasm', roundRowsE4m3Wasm);
  registerKernelOnce(OCC_ROUND_ROWS_E4M3, 'webgpu', roundRowsE4m3WebGpu);
  registerKernelOnce(OCC_ROUND_RESIDUAL_E4M3, 'cpu', roundResidualE4m3Cpu);
  registerKernelOnce(OCC_ROUND_RESIDUAL_E4M3, 'wasm', roundResidualE4m3Wasm);
  registerKernelOnce(OCC_ROUND_RESIDUAL_E4M3, 'webgpu', roundResidualE4m3WebGpu);
  registerKernelOnce(OCC_COMPENSATE_COMPRESSED, 'cpu', compensateCompressedCpu);
  registerKernelOnce(OCC_COMPENSATE_COMPRESSED, 'wasm', compensateCompressedWasm);
  registerKernelOnce(OCC_COMPENSATE_COMPRESSED, 'webgpu', compensateCompressedWebGpu);
  registerKernelOnce(OCC_COMPENSATE_DW_COMPRESSED, 'cpu', compensateDwCompressedCpu);
  registerKernelOnce(OCC_COMPENSATE_DW_COMPRESSED, 'wasm', compensateDwCompressedWasm);
  registerKernelOnce(OCC_COMPENSATE_DW_COMPRESSED, 'webgpu', compensateDwCompressedWebGpu);
  registerKernelOnce(OCC_QUANTIZE_TENSOR, 'cpu', occQuantizeTensorCpu);
  registerKernelOnce(OCC_QUANTIZE_TENSOR, 'wasm', occQuantizeTensorWasm);
  registerKernelOnce(OCC_QUANTIZE_TENSOR, 'webgpu', occQuantizeTensorWebGpu);
  registerKernelOnce(OCC_TENSOR_THRESHOLDS, 'cpu', tensorThresholdsCpu);
  registerKernelOnce(OCC_TENSOR_THRESHOLDS, 'wasm', tensorThresholdsWasm);
  registerKernelOnce(OCC_TENSOR_THRESHOLDS, 'webgpu', tensorThresholdsWebGpu);
  registerKernelOnce(OCC_TRANSPOSE_WEIGHT, 'cpu', transposeWeightStock('cpu'));
  registerKernelOnce(OCC_TRANSPOSE_WEIGHT, 'wasm', transposeWeightWasm);
  registerKernelOnce(OCC_TRANSPOSE_WEIGHT, 'webgpu', transposeWeightStock('webgpu'));
}
