import { env } from '@tensorflow/tfjs-core';
import type { GpuBackend } from './gpu-backend.ts';
import type { GpuProgram } from './gpu-program.ts';
import { checkBindings } from './check-bindings.ts';
import { packParams } from './params.ts';
import { pipelineFor } from './pipelines.ts';

/**
 * Runs `program` in tfjs's own command stream, so that it is ordered with tfjs's kernels and batched with them.
 * Pipelines are cached by their text. Does nothing when the dispatch is empty.
 *
 * Errors of the shader or of its bindings are reported by `throwOnGpuError` after the next read-back.
 *
 * @throws RangeError when a dispatch dimension or a tensor's size exceeds the device's limit; nothing is uploaded then
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
  checkBindings(backend.device, program);
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
