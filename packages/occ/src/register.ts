import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { OCC_COMPENSATE_DW } from './compensate-dw/kernel-name.ts';
import { compensateDwCpu } from './compensate-dw/cpu.ts';
import { OCC_COMPENSATE } from './compensate/kernel-name.ts';
import { compensateCpu } from './compensate/cpu.ts';
import { OCC_QUANTIZE } from './occ-quantize/kernel-name.ts';
import { occQuantizeCpu } from './occ-quantize/cpu.ts';

/**
 * Registers the kernels of this package for cpu, wasm and webgpu. The ops do it by themselves; calling it again does
 * nothing.
 */
export function registerOcc(): void {
  registerKernelOnce(OCC_QUANTIZE, 'cpu', occQuantizeCpu);
  registerKernelOnce(OCC_COMPENSATE, 'cpu', compensateCpu);
  registerKernelOnce(OCC_COMPENSATE_DW, 'cpu', compensateDwCpu);
}
