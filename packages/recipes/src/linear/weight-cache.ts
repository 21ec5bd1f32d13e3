import { keep } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { fp4Dequantize, fp4Quantize } from '@nibble-ml/fp4-gemm';
import type { Fp4Tensor } from '@nibble-ml/fp4-gemm';
import { transposeWeight } from '@nibble-ml/occ';
import type { Compensation } from '@nibble-ml/occ';
import type { LayerPrecision } from '../layer-precision.ts';
import { packOptions } from '../packable.ts';
import { expandedScales } from './expanded-scales.ts';
import { simulate } from './simulate.ts';

/** What is derived from a weight once per optimizer step, each part at first use. Owned by the cache. */
export class DerivedWeight {
  readonly #wNK: Tensor2D;
  readonly #precision: Pick<LayerPrecision, 'weights' | 'hadamard'>;
  readonly #kept: Tensor[] = [];
  #packed: Fp4Tensor | null | undefined;
  #values: Tensor2D | undefined;
  #transposed: Tensor2D | undefined;
  #dgeScales: { scales: Tensor1D; block?: number } | undefined;

  constructor(wNK: Tensor2D, precision: Pick<LayerPrecision, 'weights' | 'hadamard'>) {
    this.#wNK = wNK;
    this.#precision = precision;
  }

  /** Codes and scales, or null where the weight is simulated. */
  packed(): Fp4Tensor | null {
    if (this.#packed === undefined) {
      const { weights, hadamard } = this.#precision;
      const options = hadamard === null ? packOptions(weights) : null;
      this.#packed = options === null ? null : fp4Quantize(this.#wNK, options);
      if (this.#packed !== null) {
        this.#keep(this.#packed.codes);
        this.#keep(this.#packed.scales);
        if ('tensorScale' in this.#packed && this.#packed.tensorScale !== null) {
          this.#keep(this.#packed.tensorScale);
        }
      }
    }
    return this.#packed;
  }

  /** The values that products take, float32 `[N, K]`. */
  values(): Tensor2D {
    if (this.#values === undefined) {
      const { weights, hadamard } = this.#precision;
      const packed = this.packed();
      const values =
        packed === null ? simulate(this.#wNK, { operand: weights, hadamard }) : fp4Dequantize(packed);
      this.#values = values === this.#wNK ? values : this.#keep(values);
    }
    return this.#values;
  }

  /** The weight itself transposed, `[K, N]`: the compensation product reads whole rows of it. */
  transposed(compensation: Compensation): Tensor2D {
    this.#transposed ??= this.#keep(transposeWeight(this.#wNK, { compensation }));
    return this.#transposed;
  }

  /** The scales of packed codes, as `applyDge` takes them. */
  dgeScales(): { scales: Tensor1D; block?: number } {
    if (this.#dgeScales === undefined) {
      const packed = this.packed()!;
      if (typeof packed.granularity === 'string') return { scales: packed.scales };
      const { block } = packed.granularity;
      this.#dgeScales =
        'scaleFormat' in packed && packed.scaleFormat === 'f32' && packed.cols % block === 0
          ? { scales: packed.scales, block }
          : { scales: this.#keep(expandedScales(packed)), block: 1 };
    }
    return this.#dgeScales;
  }

  dispose(): void {
    for (const tensor of this.#kept) tensor.dispose();
  }

  #keep<Kept extends Tensor>(tensor: Kept): Kept {
    this.#kept.push(keep(tensor));
    return tensor;
  }
}

/** Derived weights, shared by the micro-batches of an optimizer step. */
export class WeightCache {
  readonly #derived = new Map<LayerPrecision, Map<Tensor2D, DerivedWeight>>();

  /** What is derived from `wNK` under the precision of its layer. */
  get(wNK: Tensor2D, layer: LayerPrecision): DerivedWeight {
    const ofLayer = this.#derived.get(layer) ?? new Map<Tensor2D, DerivedWeight>();
    this.#derived.set(layer, ofLayer);
    const entry = ofLayer.get(wNK) ?? new DerivedWeight(wNK, layer);
    ofLayer.set(wNK, entry);
    return entry;
  }

  /** Forgets everything: the weights have changed. */
  clear(): void {
    for (const ofLayer of this.#derived.values()) {
      for (const entry of ofLayer.values()) entry.dispose();
    }
    this.#derived.clear();
  }
}
