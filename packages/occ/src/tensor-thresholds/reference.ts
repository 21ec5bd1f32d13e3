import { counterBits } from '@nibble-ml/fp4-format';
import { orderKey } from '../order-key.ts';
import type { ThresholdPlan } from './threshold-plan.ts';

/**
 * The definition of the op: the elements at two ranks of the tensor, or of a sample of it, in the order of the bits, as float32
 * `[2]`. How an exact quantile is found makes no difference.
 */
export function tensorThresholdsReference(x: Float32Array, plan: ThresholdPlan): Float32Array {
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  const isSampled = plan.isFinal && !plan.isWhole;
  const keys = isSampled
    ? Int32Array.from({ length: plan.count }, (_, i) =>
        orderKey(bits[samplePosition(i, plan.hash, x.length)]!),
      )
    : bits.map(orderKey);
  keys.sort();
  const [lower, upper] = isSampled ? [plan.firstLower, plan.firstUpper] : [plan.lower, plan.upper];
  return new Float32Array(Int32Array.of(orderKey(keys[lower]!), orderKey(keys[upper]!)).buffer);
}

/** The upper 32 bits of the product of 32 random bits with the tensor's size: an element, each as likely but for 2^-32 · size. */
export function samplePosition(i: number, hash: number, size: number): number {
  // The hash of seed 0 is 0.
  const random = counterBits(0, hash + i);
  const low = Math.floor(((random & 0xffff) * size) / 65536);
  return Math.floor(((random >>> 16) * size + low) / 65536);
}
