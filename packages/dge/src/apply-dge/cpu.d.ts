import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ApplyDgeAttrs } from './attrs.ts';
/** Hands the reference to tfjs's cpu backend. */
export declare function applyDgeCpu(inputs: KernelInputs, attrs: ApplyDgeAttrs, backend: CpuBackend): TensorInfo[];
//# sourceMappingURL=cpu.d.ts.map