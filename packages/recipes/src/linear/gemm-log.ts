import { getBackend } from '@tensorflow/tfjs-core';
import { fp4KernelName } from '@nibble-ml/fp4-gemm';
import type { LayerPrecision } from '../layer-precision.ts';
import { productKind, productPrecision } from '../product-precision.ts';
import type { GemmKind } from '../product-precision.ts';
import type { LinearRole } from '../recipe.ts';
import type { LinearSite } from './linear-op.ts';

/** In which precision, and on which kernel, the matrix products of a kind of layer ran. */
export interface GemmRecord {
  /** Of the layer. */
  readonly role: LinearRole;
  /** Index of the block, where the blocks of a recipe differ. */
  readonly block?: number;
  /** Which of the three products of the layer. */
  readonly gemm: GemmKind;
  /** Operand formats and accumulator. */
  readonly precision: string;
  /** Kernel variant. */
  readonly kernel: string;
  /** Name of the tfjs backend: `webgpu`, `wasm` or `cpu`. */
  readonly backend: string;
}

/** Collects what really ran, so that a report need not repeat what was configured. */
export class GemmLog {
  readonly #records = new Map<string, GemmRecord>();
  readonly #byBlock: boolean;

  /** @param byBlock - whether to tell blocks apart */
  constructor(byBlock: boolean) {
    this.#byBlock = byBlock;
  }

  /** Notes a product of a layer; repeated ones are one record. */
  addProduct({ role, block }: LinearSite, gemm: GemmKind, layer: LayerPrecision): void {
    const precision = productPrecision(layer, gemm);
    const kernel = kernelOf(layer, gemm);
    const where = this.#byBlock && block !== null ? { role, block } : { role };
    const key = JSON.stringify([where, gemm, precision, kernel]);
    if (!this.#records.has(key)) {
      this.#records.set(key, { ...where, gemm, precision, kernel, backend: getBackend() });
    }
  }

  /** Every distinct product so far, in the order of first use. */
  list(): GemmRecord[] {
    return [...this.#records.values()];
  }
}

/** The variant where there are several, else the name of the kernel. */
function kernelOf(layer: LayerPrecision, gemm: GemmKind): string {
  switch (productKind(layer, gemm)) {
    case 'fp4':
      return fp4KernelName()[gemm];
    case 'fp4Blocks':
      return { fprop: 'Fp4BlockMatMul', dgrad: 'Fp4BlockMatMulDx', wgrad: 'Fp4BlockMatMulDw' }[gemm];
    case 'f32':
      return 'F32MatMul';
  }
}
