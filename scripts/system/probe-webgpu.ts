// Ends with 0 when Dawn finds a WebGPU adapter on this machine, software ones included, and an empty command runs on
// it. In a process of its own, because a driver that is too old may crash it.
//
//   node scripts/system/probe-webgpu.ts
import { create } from 'webgpu';

const gpu = create([]);
const adapter = await gpu.requestAdapter();
const device = await adapter?.requestDevice();
if (adapter == null || device == null) {
  console.error('no WebGPU adapter');
  process.exit(1);
}
device.queue.submit([]);
await device.queue.onSubmittedWorkDone();
console.log(
  [adapter.info.vendor, adapter.info.architecture, adapter.info.description].filter(Boolean).join(' '),
);
// Dawn keeps the process alive as long as `gpu` lives.
process.exit(0);
