// The lab's worker, with a way to lose its GPU device.
import { serveEngine } from '../web/src/engine/serve-engine.ts';

const devices: GPUDevice[] = [];
const { prototype } = GPUAdapter;
const request = prototype.requestDevice;
prototype.requestDevice = async function requestDevice(...args) {
  const device = await request.apply(this, args);
  devices.push(device);
  return device;
};

new BroadcastChannel('destroy-device').addEventListener('message', () => {
  for (const device of devices.splice(0)) device.destroy();
});

serveEngine();
