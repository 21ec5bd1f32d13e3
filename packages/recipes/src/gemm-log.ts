import { getBackend } from '@tensorflow/tfjs-core';
import { fp4KernelName } from '@nibble-ml/fp4-gemm';
import type { LinearSite } from './linear-op.ts';
import type { LinearRole } from './recipe.ts';

/** One of the three matrix products of a linear layer: forward, input gradient, weight gradient. */
export type GemmKind = 'fprop' | 'dgrad' | 'wgrad';

/** In which precision, and on which kernel, the matrix products of a kind of layer ran. */
export interface GemmRecord {
  readonly role: LinearRole;
  readonly gemm: GemmKind;
  /** Operand formats and accumulator. */
  readonly precision: string;
  /** Kernel variant. */
  readonly kernel: string;
  readonly backend: string;
}

/** Collects what really ran, so that a report need not repeat what was configured. */
export class GemmLog {
  private readonly records = new Map<string, GemmRecord>();

  /** Notes a product; repeated ones are one record. */
  add(site: LinearSite, gemm: GemmKind, precision: string, kernel: string): void {
    const key = `${site.role} ${gemm} ${precision} ${kernel}`;
    if (!this.records.has(key)) {
      this.records.set(key, { role: site.role, gemm, precision, kernel, backend: getBackend() });
    }
  }

  /** Every distinct product so far, in the order of first use. */
  list(): GemmRecord[] {
    return [...this.records.values()];
  }
}

const GRADIENTS = {
  f32: 'f32 x E2M1, exact sums of 24-bit fixed point',
  e5m2: 'E5M2 x E2M1, exact sums of 24-bit fixed point',
  int8: 'INT8 (stochastic) x E2M1, exact integer sums',
  nvfp4: 'NVFP4 (stochastic) x E2M1, exact integer sums',
};

/** Notes one of the three products of an FP4 layer. */
export function logFp4(
  log: GemmLog,
  site: LinearSite,
  gemm: GemmKind,
  gradient: keyof typeof GRADIENTS,
  compensated: boolean,
): void {
  const product = gemm === 'fprop' ? 'E2M1 x E2M1, exact integer sums' : GRADIENTS[gradient];
  log.add(site, gemm, `${product}${compensated ? ', + f32 sparse residual' : ''}`, fp4KernelName()[gemm]);
}
