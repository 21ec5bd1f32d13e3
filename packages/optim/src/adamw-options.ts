import type { Variable } from '@tensorflow/tfjs-core';
import { resolveSpikeGuard } from './spike-guard/options.ts';
import type { SpikeGuardOptions } from './spike-guard/options.ts';
import type { AdamWHyperparameters } from './adamw-coefficients.ts';

/** Options of `createAdamW`. */
export interface AdamWOptions {
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, in [0, 1). Default 0.95. */
  readonly beta2?: number;
  /** Added to the square root of the second moment, at least 1e-30. Default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled weight decay, at least 0: each step takes learning rate · weightDecay of the weight away. Default 0.1. */
  readonly weightDecay?: number;
  /** The largest global norm of the gradients, or null not to clip. Default 1. */
  readonly clipNorm?: number | null;
  /**
   * How the moments are kept: `'f32'` (default, 8 bytes for each parameter), or `'mixed'`, the first in FP8 (E4M3) and
   * the second in FP16, each with one scale for a tensor (3 bytes; arXiv:2501.17116, section 4.1).
   */
  readonly moments?: 'f32' | 'mixed';
  /** Leave out updates whose gradient norm (or loss) is a spike; null (default) leaves out only what is not finite. */
  readonly skipSpikes?: SpikeGuardOptions | null;
  /** Which tensors decay. Default: those of rank 2 or more, so norm gains and biases do not. */
  readonly decays?: (name: string, variable: Variable) => boolean;
}

/** Options with the defaults filled in. */
export interface ResolvedAdamWOptions extends AdamWHyperparameters {
  readonly clipNorm: number | null;
  readonly moments: 'f32' | 'mixed';
  readonly skipSpikes: Required<SpikeGuardOptions> | null;
  readonly decays: (name: string, variable: Variable) => boolean;
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a number is out of range; TypeError when a form is unknown
 */
export function resolveAdamWOptions(options: AdamWOptions): ResolvedAdamWOptions {
  const { beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8, weightDecay = 0.1, clipNorm = 1 } = options;
  const { moments = 'f32' } = options;
  if (moments !== 'f32' && moments !== 'mixed') {
    throw new TypeError(
      `createAdamW: moments must be 'f32' or 'mixed', but got ${String(moments)}; leave it out for 'f32'`,
    );
  }
  for (const [name, value] of Object.entries({ beta1, beta2 })) {
    if (!(value >= 0 && value < 1)) {
      throw new RangeError(
        `createAdamW: ${name} must be in [0, 1), but got ${value}; 0.9 and 0.95 are usual`,
      );
    }
  }
  if (!(epsilon >= 1e-30 && epsilon < Infinity)) {
    throw new RangeError(`createAdamW: epsilon must be at least 1e-30, but got ${epsilon}; 1e-8 is usual`);
  }
  if (!(weightDecay >= 0 && weightDecay < Infinity)) {
    throw new RangeError(`createAdamW: weightDecay must be at least 0, but got ${weightDecay}; 0.1 is usual`);
  }
  if (clipNorm !== null && !(clipNorm > 0 && clipNorm < Infinity)) {
    throw new RangeError(
      `createAdamW: clipNorm must be positive, but got ${clipNorm}; pass null not to clip`,
    );
  }
  const skipSpikes = options.skipSpikes == null ? null : resolveSpikeGuard(options.skipSpikes);
  const decays = options.decays ?? ((_name: string, variable: Variable): boolean => variable.rank >= 2);
  return { beta1, beta2, epsilon, weightDecay, clipNorm, moments, skipSpikes, decays };
}
