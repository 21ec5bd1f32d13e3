import { add, backend, customGrad } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { Llama } from '../src/model/create-llama.ts';
import type { LinearOp } from '../src/model/linear-op.ts';
import { valueAndGrads } from '../src/model/value-and-grads.ts';

/** Bytes of WebAssembly memory in use, as its allocator is called. */
interface HeapMeter {
  used(): number;
  most(): number;
  stop(): void;
}

/** Counts what the wasm backend allocates from now on. Its scratch memory counts too while it is in use. */
export function meterHeap(): HeapMeter {
  const { wasm } = backend() as unknown as WasmBackend;
  // Emscripten's stubs put the real functions in their place when they are first called.
  wasm._free(wasm._malloc(1));
  const { _malloc, _free } = wasm;
  const sizes = new Map<number, number>();
  let [used, most] = [0, 0];
  const heap = wasm as { _malloc: typeof _malloc; _free: typeof _free };
  heap._malloc = (bytes) => {
    const offset = _malloc(bytes);
    sizes.set(offset, bytes);
    used += bytes;
    most = Math.max(most, used);
    return offset;
  };
  heap._free = (offset) => {
    used -= sizes.get(offset) ?? 0;
    sizes.delete(offset);
    _free(offset);
  };
  return {
    used: () => used,
    most: () => most,
    stop: () => void Object.assign(heap, { _malloc, _free }),
  };
}

/**
 * Bytes that a step of `model` holds on wasm when its forward pass is over and its backward pass begins, the loss
 * included, and the most that it ever holds.
 */
export function heldBytes(
  model: Llama,
  tokensBT: Tensor2D,
  targetsBT: Tensor2D,
  linear: LinearOp,
): { held: number; most: number } {
  const meter = meterHeap();
  let held = Number.NaN;
  const note = customGrad((loss) => ({
    value: add(loss as Tensor, 0),
    gradFunc: (dy: Tensor) => {
      held = meter.used();
      return add(dy, 0);
    },
  }));
  try {
    const { value, grads } = valueAndGrads(
      () => note(model.loss(tokensBT, targetsBT, linear)) as Scalar,
      model.parameters,
    );
    for (const tensor of [value, ...grads.values()]) tensor.dispose();
    return { held, most: meter.most() };
  } finally {
    meter.stop();
  }
}
