import type { RopeAngles } from '../rope/angles.ts';
import type { RopeAttrs } from '../rope/kernel.ts';
import type { AttentionAttrs } from './kernel.ts';

/** The rotation of the gradients of rotated queries and keys, back to those of what was rotated. */
export function rotationBack(
  { nHeads, nKvHeads, headDim, context }: AttentionAttrs,
  angles: RopeAngles,
): RopeAttrs {
  return { rotatedHeads: nHeads + nKvHeads, headDim, context, angles, offset: 0, direction: -1 };
}
