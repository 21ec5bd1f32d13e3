import { defaultDevice, init } from '@jax-js/jax';
import { cpuName } from '../../contest/tfjs-device.ts';
import type { OpenContestant } from '../../contest/task.ts';
import { gemmEntries } from './gemm.ts';
import { provideWebGpu } from './provide-webgpu.ts';
import { stepEntries } from './step.ts';

/** Opens jax-js. Node has no global `Worker`, so its wasm backend runs on one thread, as the others do. */
export const open: OpenContestant = async (backend) => {
  const adapter = backend === 'webgpu' ? await provideWebGpu() : cpuName();
  const devices = await init(backend);
  if (!devices.includes(backend)) throw new Error(`jax-js: ${backend} could not be opened`);
  defaultDevice(backend);
  return {
    impl: 'jax-js',
    adapter,
    async prepare(task) {
      // The peak is the adapter's: Nibble measures it.
      // Its buffers are not counted.
      if (task.kind === 'peak' || task.kind === 'memory') return [];
      return task.kind === 'gemm' ? gemmEntries(task) : stepEntries(task);
    },
  };
};
