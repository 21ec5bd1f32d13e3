import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ApplyDgeAttrs } from './attrs.ts';
/** Runs the WGSL kernel. */
export declare function applyDgeWebGpu(inputs: KernelInputs, attrs: ApplyDgeAttrs, backend: GpuBackend): TensorInfo[];
//# sourceMappingURL=webgpu.d.ts.map