import { engine } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gpuOutput, i32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { Entry } from '../contest/task.ts';
import type { TfjsDevice } from '../contest/tfjs-device.ts';
import { operationsPerTurn, peakConstants, peakResult, peakWgsl, THREADS } from '../peak/kernels.ts';
import type { PeakKernel } from '../peak/kernels.ts';

/** Enough to fill any GPU. */
const workgroups = 4096;
/** The turns of the loop are doubled until a call lasts this long, so that starting it costs next to nothing. */
const enoughMs = 20;

/** Loops of float32 multiply-adds and of `dot4I8Packed`; none on a backend without a GPU. */
export async function peakEntries(device: TfjsDevice): Promise<Entry[]> {
  const { gpu } = device;
  if (gpu === undefined) return [];
  const entries: Entry[] = [];
  for (const kernel of ['f32', 'dot4I8'] as const) entries.push(await peakEntry(device, gpu, kernel));
  return entries;
}

async function peakEntry(device: TfjsDevice, gpu: GpuBackend, kernel: PeakKernel): Promise<Entry> {
  const run = async (turns: number): Promise<void> => {
    const output = dispatch(gpu, kernel, turns);
    await device.finish();
    output.dispose();
  };
  await run(1);
  let turns = 1;
  for (;;) {
    const start = performance.now();
    await run(turns);
    if (performance.now() - start >= enoughMs || turns >= 2 ** 16) break;
    turns *= 2;
  }
  return {
    variant: kernel,
    operations: workgroups * THREADS * turns * operationsPerTurn(kernel),
    run: () => run(turns),
    async check() {
      const output = dispatch(gpu, kernel, turns);
      const values = (await output.data()) as Float32Array;
      device.throwOnError();
      output.dispose();
      const expected = Array.from({ length: THREADS }, (_, thread) => peakResult(kernel, thread, turns));
      return Float32Array.from([...values.subarray(0, THREADS), ...expected]);
    },
    dispose: () => undefined,
  };
}

function dispatch(gpu: GpuBackend, kernel: PeakKernel, turns: number): Tensor {
  const output = gpuOutput(gpu, [workgroups * THREADS], 'float32');
  runProgram(gpu, {
    name: `peak ${kernel}`,
    wgsl: peakWgsl(kernel),
    inputs: [],
    outputs: [output],
    params: [u32(turns), ...peakConstants.map(i32)],
    workgroups: [workgroups],
  });
  return engine().makeTensorFromTensorInfo(output);
}
