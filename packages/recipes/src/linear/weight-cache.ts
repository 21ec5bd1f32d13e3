import { getBackend, keep } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { fp4Dequantize, fp4Quantize, fp4QuantizeAll } from '@nibble-ml/fp4-gemm';
import type { Fp4Prepared, Fp4QuantizeAllOptions, Fp4QuantizeOptions, Fp4Tensor } from '@nibble-ml/fp4-gemm';
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
  /** What was asked for, whoever made it. */
  readonly #asked = { packed: false, transposed: false };

  constructor(wNK: Tensor2D, precision: Pick<LayerPrecision, 'weights' | 'hadamard'>) {
    this.#wNK = wNK;
    this.#precision = precision;
  }

  /** Codes and scales, or null where the weight is simulated. */
  packed(): Fp4Tensor | null {
    this.#asked.packed = true;
    if (this.#packed === undefined) {
      const options = this.#packOptions();
      this.#packed = options === null ? null : this.#keepPacked(fp4Quantize(this.#wNK, options));
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
    this.#asked.transposed ||= compensation === 'f32';
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

  /** How `fp4QuantizeAll` makes what was asked for, or null where that is no codes. */
  wanted(): Fp4QuantizeAllOptions | null {
    const options = this.#packOptions();
    return options === null || !this.#asked.packed ? null : { ...options, transpose: this.#asked.transposed };
  }

  /** Takes over what `fp4QuantizeAll` made. */
  adopt({ packed, transposed }: Fp4Prepared): void {
    this.#packed = this.#keepPacked(packed);
    if (transposed !== null) this.#transposed = this.#keep(transposed);
  }

  dispose(): void {
    for (const tensor of this.#kept) tensor.dispose();
  }

  #packOptions(): Fp4QuantizeOptions | null {
    const { weights, hadamard } = this.#precision;
    return hadamard === null ? packOptions(weights) : null;
  }

  #keepPacked(packed: Fp4Tensor): Fp4Tensor {
    this.#keep(packed.codes);
    this.#keep(packed.scales);
    if ('tensorScale' in packed && packed.tensorScale !== null) this.#keep(packed.tensorScale);
    return packed;
  }

  #keep<Kept extends Tensor>(tensor: Kept): Kept {
    this.#kept.push(keep(tensor));
    return tensor;
  }
}

/** A weight whose codes were used in a step. */
interface UsedWeight {
  readonly wNK: Tensor2D;
  readonly layer: LayerPrecision;
  readonly wanted: Fp4QuantizeAllOptions;
}

/** Derived weights, shared by the micro-batches of an optimizer step. */
export class WeightCache {
  readonly #derived = new Map<LayerPrecision, Map<Tensor2D, DerivedWeight>>();
  /** Of the step before, until the first use in this one. */
  #usedBefore: UsedWeight[] = [];

  /** What is derived from `wNK` under the precision of its layer. */
  get(wNK: Tensor2D, layer: LayerPrecision): DerivedWeight {
    this.#prepareUsedBefore();
    return this.#entry(wNK, layer);
  }

  /** Forgets everything: the weights have changed. */
  clear(): void {
    this.#usedBefore = [];
    for (const [layer, ofLayer] of this.#derived) {
      for (const [wNK, entry] of ofLayer) {
        const wanted = entry.wanted();
        if (wanted !== null) this.#usedBefore.push({ wNK, layer, wanted });
        entry.dispose();
      }
    }
    this.#derived.clear();
  }

  #entry(wNK: Tensor2D, layer: LayerPrecision): DerivedWeight {
    const ofLayer = this.#derived.get(layer) ?? new Map<Tensor2D, DerivedWeight>();
    this.#derived.set(layer, ofLayer);
    const entry = ofLayer.get(wNK) ?? new DerivedWeight(wNK, layer);
    ofLayer.set(wNK, entry);
    return entry;
  }

  /** Makes anew, in few dispatches, what the step before used and still exists: this one most likely uses the same. */
  #prepareUsedBefore(): void {
    const used = this.#usedBefore;
    this.#usedBefore = [];
    // Elsewhere nothing is gained: each weight is quantized at its first use.
    if (used.length === 0 || getBackend() !== 'webgpu') return;
    const groups = new Map<string, UsedWeight[]>();
    for (const each of used) {
      if (each.wNK.isDisposed) continue;
      const key = JSON.stringify(each.wanted);
      groups.set(key, [...(groups.get(key) ?? []), each]);
    }
    for (const group of groups.values()) {
      const weights = group.map(({ wNK }) => wNK);
      for (const [index, prepared] of fp4QuantizeAll(weights, group[0]!.wanted).entries()) {
        const { wNK, layer } = group[index]!;
        this.#entry(wNK, layer).adopt(prepared);
      }
    }
  }
}
