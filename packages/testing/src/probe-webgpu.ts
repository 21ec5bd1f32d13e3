// Ends with 0 when this machine has a WebGPU adapter, a software one included, and with 1 when it has none. For a
// process of its own: Dawn keeps a process alive as long as a device lives, and a driver that is too old may crash it.
//
//   node --conditions=@nibble-ml/source packages/testing/src/probe-webgpu.ts
import { openWebGpu } from '@nibble-ml/tfjs-bridge/webgpu';

try {
  const { adapter } = await openWebGpu({ allowSoftware: true });
  console.log(adapter);
  process.exit(0);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
