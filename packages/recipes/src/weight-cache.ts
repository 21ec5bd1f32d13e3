import { keep } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { disposeFp4, fp4Quantize } from '@nibble-ml/fp4-gemm';
import type { Fp4Tensor } from '@nibble-ml/fp4-gemm';
import { transposeWeight } from '@nibble-ml/occ';

/** What is derived from a weight once per optimizer step. */
interface Derived {
  readonly quantized: Fp4Tensor;
  /** float32 `[K, N]`, made on demand: the compensation product reads whole rows of it. */
  transposed: Tensor2D | undefined;
}

/** Quantized weights, made at first use after each optimizer step and shared by its micro-batches. */
export class WeightCache {
  private readonly granularity: 'vector' | 'tensor';
  private readonly derived = new Map<Tensor2D, Derived>();

  constructor(granularity: 'vector' | 'tensor') {
    this.granularity = granularity;
  }

  /** The FP4 form of `wNK`. Owned by the cache. */
  quantized(wNK: Tensor2D): Fp4Tensor {
    return this.get(wNK).quantized;
  }

  /** `wNK` transposed, float32 `[K, N]`. Owned by the cache. */
  transposed(wNK: Tensor2D): Tensor2D {
    const entry = this.get(wNK);
    entry.transposed ??= keep(transposeWeight(wNK));
    return entry.transposed;
  }

  /** Forgets everything: the weights have changed. */
  clear(): void {
    for (const { quantized, transposed } of this.derived.values()) {
      disposeFp4(quantized);
      transposed?.dispose();
    }
    this.derived.clear();
  }

  private get(wNK: Tensor2D): Derived {
    let entry = this.derived.get(wNK);
    if (entry === undefined) {
      const quantized = fp4Quantize(wNK, { granularity: this.granularity });
      keep(quantized.codes);
      keep(quantized.scales);
      entry = { quantized, transposed: undefined };
      this.derived.set(wNK, entry);
    }
    return entry;
  }
}
