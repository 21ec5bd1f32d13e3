import { env } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuBackend } from './gpu-backend.ts';
import { GpuError, recordGpuError } from './gpu-errors.ts';
import { packParams } from './params.ts';
import type { Param } from './params.ts';

/** One dispatch of a compute shader. */
export interface GpuProgram {
  /** Appears in error messages and GPU profiles. */
  readonly name: string;
  /**
   * The whole shader, `enable` directives included; entry point `main`. All resources are in group 0 and numbered in
   * this order: inputs (`var<storage, read>`), outputs (`var<storage, read_write>`), then, when there are `params`,
   * one uniform struct of 4-byte scalars.
   */
  readonly wgsl: string;
  readonly inputs: readonly TensorInfo[];
  /** Written by the shader. A tensor that exists already is updated in place; it must not be an input as well. */
  readonly outputs: readonly TensorInfo[];
  readonly params?: readonly Param[];
  /** Workgroups in x, y and z. */
  readonly workgroups: readonly [number, number?, number?];
}

interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const pipelines = new WeakMap<GPUDevice, Map<string, Pipeline>>();

/**
 * Runs `program` in tfjs's own command stream, so that it is ordered with tfjs's kernels and batched with them.
 * Pipelines are cached by their text. Does nothing when the dispatch is empty.
 *
 * Errors of the shader or of its bindings are reported by `throwOnGpuError` after the next read-back.
 *
 * @throws RangeError when a dispatch dimension exceeds the device's limit
 */
export function runProgram(backend: GpuBackend, program: GpuProgram): void {
  const [x, y = 1, z = 1] = program.workgroups;
  const limit = backend.device.limits.maxComputeWorkgroupsPerDimension;
  if (Math.max(x, y, z) > limit) {
    throw new RangeError(
      `runProgram: ${program.name} dispatches ${x} x ${y} x ${z} workgroups, but the device allows ${limit} in each dimension; split the work`,
    );
  }
  if (x * y * z === 0) return;

  const tensors = [...program.inputs, ...program.outputs];
  const entries: GPUBindGroupEntry[] = tensors.map((tensor, binding) => {
    backend.uploadToGPU(tensor.dataId);
    return { binding, resource: { buffer: backend.tensorMap.get(tensor.dataId).resource! } };
  });
  if (program.params !== undefined) {
    const data = packParams(program.params);
    const buffer = backend.bufferManager.acquireBuffer(
      data.byteLength,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    );
    backend.queue.writeBuffer(buffer, 0, data);
    backend.uniformPendingDisposal.push(buffer);
    entries.push({ binding: tensors.length, resource: { buffer } });
  }

  const { pipeline, layout } = pipelineFor(backend.device, program);
  const bindGroup = backend.device.createBindGroup({ label: program.name, layout, entries });

  // tfjs frees a disposed tensor's buffer at once unless the open command buffer is known to use it.
  for (const { dataId } of tensors) backend.commandQueueOwnedIds.add(dataId);
  // tfjs would otherwise answer a read of an output that was read before with the values of that time.
  for (const { dataId } of program.outputs) backend.tensorMap.get(dataId).values = null;

  backend.ensureCommandEncoderReady();
  backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
  const pass = backend.computePassEncoder;
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(x, y, z);
  backend.dispatchCountInPass++;
  countDispatch(backend.device);
  if (backend.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

const dispatches = new WeakMap<GPUDevice, number>();

function countDispatch(device: GPUDevice): void {
  dispatches.set(device, dispatchCount(device) + 1);
}

/** How many programs {@link runProgram} has dispatched on `device`. tfjs's own kernels are not counted. */
export function dispatchCount(device: GPUDevice): number {
  return dispatches.get(device) ?? 0;
}

function pipelineFor(device: GPUDevice, program: GpuProgram): Pipeline {
  let cache = pipelines.get(device);
  if (cache === undefined) pipelines.set(device, (cache = new Map()));
  const found = cache.get(program.wgsl);
  if (found !== undefined) return found;

  const module = device.createShaderModule({ label: program.name, code: program.wgsl });
  void reportCompilation(device, module, program);
  const storage: GPUBufferBindingType[] = [
    ...program.inputs.map(() => 'read-only-storage' as const),
    ...program.outputs.map(() => 'storage' as const),
  ];
  // An explicit layout, because an automatic one leaves out bindings that a shader variant does not use.
  const types = program.params === undefined ? storage : [...storage, 'uniform' as const];
  const layout = device.createBindGroupLayout({
    label: program.name,
    entries: types.map((type, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    })),
  });
  const pipeline = device.createComputePipeline({
    label: program.name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: 'main' },
  });
  const made = { pipeline, layout };
  cache.set(program.wgsl, made);
  return made;
}

async function reportCompilation(
  device: GPUDevice,
  module: GPUShaderModule,
  program: GpuProgram,
): Promise<void> {
  const { messages } = await module.getCompilationInfo();
  const lines = program.wgsl.split('\n');
  for (const message of messages) {
    if (message.type !== 'error') continue;
    const source = lines[message.lineNum - 1]?.trim() ?? '';
    recordGpuError(
      device,
      new GpuError(
        'compilation',
        `WGSL of ${program.name}, line ${message.lineNum}: ${message.message}\n  ${source}`,
      ),
    );
  }
}
