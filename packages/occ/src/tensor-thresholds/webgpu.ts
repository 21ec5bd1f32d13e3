import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { engine, util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { spreadWorkgroups } from '../workgroups.ts';
import type { ThresholdPlan } from './threshold-plan.ts';
import { GATHER_TILE, GATHER_WGSL, REFINE_WGSL, sampleWgsl } from './webgpu-wgsl.ts';

const FINAL_WGSL = sampleWgsl(true);
const BOUNDS_WGSL = sampleWgsl(false);

/** One dispatch where the first look is final, and otherwise three, of which the second reads the whole tensor. */
export function tensorThresholdsWebGpu(
  inputs: KernelInputs,
  plan: ThresholdPlan,
  backend: GpuBackend,
): TensorInfo {
  const x = inputs['x']!;
  const size = util.sizeFromShape(x.shape);
  const thresholds = gpuOutput(backend, [2], 'float32');
  const state = plan.isFinal ? thresholds : gpuOutput(backend, [6], 'int32');
  runProgram(backend, {
    name: 'occTensorSample',
    wgsl: plan.isFinal ? FINAL_WGSL : BOUNDS_WGSL,
    inputs: [x],
    outputs: [state],
    params: [
      size,
      plan.count,
      plan.isWhole ? 1 : 0,
      plan.hash,
      plan.firstLower,
      plan.count - 1 - plan.firstUpper,
    ].map(u32),
    workgroups: [1],
  });
  if (plan.isFinal) return thresholds;

  const candidates = gpuOutput(backend, [2 * plan.room], 'int32');
  runProgram(backend, {
    name: 'occTensorGather',
    wgsl: GATHER_WGSL,
    inputs: [x],
    outputs: [state, candidates],
    params: [u32(size), u32(plan.room)],
    workgroups: spreadWorkgroups(Math.ceil(size / GATHER_TILE)),
  });
  runProgram(backend, {
    name: 'occTensorRefine',
    wgsl: REFINE_WGSL,
    inputs: [x, state, candidates],
    outputs: [thresholds],
    params: [size, plan.room, plan.lower, size - 1 - plan.upper].map(u32),
    workgroups: [1],
  });
  for (const temporary of [state, candidates]) engine().makeTensorFromTensorInfo(temporary).dispose();
  return thresholds;
}
