import { isSoftwareAdapter } from '@nibble-ml/tfjs-bridge/webgpu';
import { catalog } from '../catalog.ts';
import type { LabBackend } from '../run-summary.ts';
import type { Capabilities, WebGpuCapability } from '../capabilities.ts';
import { noWebGpu } from './no-web-gpu.ts';

// The smallest modules with one instruction of the kind: i8x16.popcnt, and i8x16.relaxed_swizzle.
const SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
];
const RELAXED_SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2,
  253, 15, 253, 128, 2, 11,
];

/** Returns what this browser can do. Opens no device and writes nothing. */
export async function probe(): Promise<Capabilities> {
  const webgpu = await probeWebGpu();
  const wasm = {
    available: WebAssembly.validate(Uint8Array.from(SIMD)),
    relaxedSimd: WebAssembly.validate(Uint8Array.from(RELAXED_SIMD)),
  };
  const hasStorage = await probeStorage();
  return {
    isSecure: isSecureContext,
    webgpu,
    wasm,
    // A run is kept from its first step on, or there is none.
    defaultBackend: hasStorage ? defaultBackend(webgpu, wasm.available) : null,
    hasStorage,
    catalog: catalog(),
  };
}

function defaultBackend(webgpu: WebGpuCapability, hasWasm: boolean): LabBackend | null {
  if (webgpu.available && !webgpu.software) return 'webgpu';
  if (hasWasm) return 'wasm';
  return webgpu.available ? 'webgpu' : null;
}

async function probeWebGpu(): Promise<WebGpuCapability> {
  // TypeScript's types say that it is always there.
  const gpu = navigator.gpu as GPU | undefined;
  if (gpu === undefined) return { available: false, message: noWebGpu.api };
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return { available: false, message: noWebGpu.adapter };
  const { vendor, architecture, description } = adapter.info;
  const words = [vendor, architecture, description].filter((part) => part !== '').join(' ');
  return { available: true, adapter: words || 'a GPU without a name', software: isSoftwareAdapter(adapter) };
}

async function probeStorage(): Promise<boolean> {
  try {
    await navigator.storage.getDirectory();
    return true;
  } catch {
    // Some private windows; runs cannot be kept, and the page says so.
    return false;
  }
}
