import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { compensateDwCpu } from './compensate-dw/cpu.ts';
import { OCC_COMPENSATE_DW } from './compensate-dw/kernel-name.ts';
import { compensateDwWasm } from './compensate-dw/wasm.ts';
import { compensateDwWebGpu } from './compensate-dw/webgpu.ts';
import { compensateCpu } from './compensate/cpu.ts';
import { OCC_COMPENSATE } from './compensate/kernel-name.ts';
import { compensateWasm } from './compensate/wasm.ts';
import { compensateWebGpu } from './compensate/webgpu.ts';
import { occQuantizeCpu } from './occ-quantize/cpu.ts';
import { OCC_QUANTIZE } from './occ-quantize/kernel-name.ts';
import { occQuantizeWasm } from './occ-quantize/wasm.ts';
import { occQuantizeWebGpu } from './occ-quantize/webgpu.ts';
import { OCC_TRANSPOSE_WEIGHT } from './transpose-weight/kernel-name.ts';
import { transposeWeightStock } from './transpose-weight/stock.ts';
import { transposeWeightWasm } from './transpose-weight/wasm.ts';

/**
 * Registers the kernels of this package for cpu, wasm and webgpu. The ops do it by themselves; calling it again does
 * nothing.
 */
export function registerOcc(): void {
  registerKernelOnce(OCC_QUANTIZE, 'cpu', occQuantizeCpu);
  registerKernelOnce(OCC_QUANTIZE, 'wasm', occQuantizeWasm);
  registerKernelOnce(OCC_QUANTIZE, 'webgpu', occQuantizeWebGpu);
  registerKernelOnce(OCC_COMPENSATE, 'cpu', compensateCpu);
  registerKernelOnce(OCC_COMPENSATE, 'wasm', compensateWasm);
  registerKernelOnce(OCC_COMPENSATE, 'webgpu', compensateWebGpu);
  registerKernelOnce(OCC_COMPENSATE_DW, 'cpu', compensateDwCpu);
  registerKernelOnce(OCC_COMPENSATE_DW, 'wasm', compensateDwWasm);
  registerKernelOnce(OCC_COMPENSATE_DW, 'webgpu', compensateDwWebGpu);
  registerKernelOnce(OCC_TRANSPOSE_WEIGHT, 'cpu', transposeWeightStock('cpu'));
  registerKernelOnce(OCC_TRANSPOSE_WEIGHT, 'wasm', transposeWeightWasm);
  registerKernelOnce(OCC_TRANSPOSE_WEIGHT, 'webgpu', transposeWeightStock('webgpu'));
}
