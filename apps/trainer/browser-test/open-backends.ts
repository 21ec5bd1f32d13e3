import { setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import { openWasm } from '@nibble-ml/tfjs-bridge/wasm';
import { openWebGpu } from '@nibble-ml/tfjs-bridge/webgpu';
import type { WebGpuSession } from '@nibble-ml/tfjs-bridge/webgpu';

let session: WebGpuSession | undefined;
let wasmOpen = false;

/** The page's WebGPU device, which is opened on first use; a software adapter will do. */
export async function pageGpu(): Promise<WebGpuSession> {
  session ??= await openWebGpu({ allowSoftware: true });
  return session;
}

/** Makes a backend the current one in this page. */
export async function usePageBackend(name: 'cpu' | 'wasm' | 'webgpu'): Promise<void> {
  if (name === 'webgpu') await pageGpu();
  if (name === 'wasm' && !wasmOpen) {
    await openWasm({
      wasmPaths: {
        'tfjs-backend-wasm.wasm': plainUrl,
        'tfjs-backend-wasm-simd.wasm': simdUrl,
        'tfjs-backend-wasm-threaded-simd.wasm': threadedUrl,
      },
    });
    wasmOpen = true;
  }
  await setBackend(name);
}
