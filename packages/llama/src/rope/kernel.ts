import type { RopeAngles } from './angles.ts';

/** Kernel name: input qkv `[M, E]`; output `[M, E]`, rotated. */
export const ROPE = 'NibbleRope';

/** Attributes of the kernel. */
export type RopeAttrs = {
  /** Heads to rotate from the start of a row: query heads and key heads. */
  rotatedHeads: number;
  headDim: number;
  /** Rows per sequence: row m is at position offset + m mod context. */
  context: number;
  angles: RopeAngles;
  offset: number;
  /** 1 rotates, -1 rotates back. */
  direction: number;
};
