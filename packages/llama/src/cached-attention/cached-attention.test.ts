import { slice, tensor2d, zeros } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import {
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { expectWithin, greatestMagnitude } from '../../test/expect-within.ts';
import { attentionF32 } from '../attention/f32-order.ts';
import { cachedAttention } from './cached-attention.ts';
import { cachedAttentionReference } from './reference.ts';

interface Case {
  readonly nHeads: number;
  readonly nKvHeads: number;
  readonly headDim: number;
  /** How many rows come at a time. */
  readonly pieces: readonly number[];
}

// Whole and broken vectors of positions and of components, workgroups with fewer and with more threads than either.
// Sequences that begin with several rows have the heads of the tests of causalAttention, whose shaders take long to
// compile.
const CASES: Case[] = [
  { nHeads: 1, nKvHeads: 1, headDim: 2, pieces: [1, 1, 1, 1, 1] },
  { nHeads: 2, nKvHeads: 1, headDim: 20, pieces: [1, 2, 1] },
  { nHeads: 2, nKvHeads: 1, headDim: 6, pieces: [5, 1, 3, 1] },
  { nHeads: 4, nKvHeads: 2, headDim: 8, pieces: [63, 1, 1, 1] },
  { nHeads: 4, nKvHeads: 1, headDim: 32, pieces: [1, 128, 1, 2] },
];

/** Runs a sequence piece by piece through a cache that held another one before. */
async function attendInPieces(qkv: Float32Array, { pieces, ...heads }: Case): Promise<Float32Array> {
  const width = (heads.nHeads + 2 * heads.nKvHeads) * heads.headDim;
  const rows = qkv.length / width;
  const capacity = Math.ceil(rows / 4) * 4;
  const kvWidth = heads.nKvHeads * heads.headDim;
  const cache = {
    keys: zeros([kvWidth, capacity]) as Tensor2D,
    values: zeros([capacity, kvWidth]) as Tensor2D,
  };
  const used = tensor2d(normalFloats((capacity - 1) * width, 9, 5), [capacity - 1, width]);
  cachedAttention(used, cache, { ...heads, offset: 1 }).dispose();
  const qkvTE = tensor2d(qkv, [rows, width]);
  const parts: number[] = [];
  let offset = 0;
  for (const count of pieces) {
    const piece = slice(qkvTE, [offset, 0], [count, width]);
    const attended = cachedAttention(piece, cache, { ...heads, offset });
    parts.push(...(await readFloats(attended)));
    piece.dispose();
    attended.dispose();
    offset += count;
  }
  for (const tensor of [used, qkvTE, cache.keys, cache.values]) tensor.dispose();
  return Float32Array.from(parts);
}

// The first run on a machine compiles shaders, with other work beside it.
describe.each(testBackends)('cachedAttention on %s', { timeout: 400_000 }, (backend) => {
  beforeAll(() => useBackend(backend));

  it.for(CASES)(
    'gives piece by piece what attention over all gives: $pieces rows, $nHeads / $nKvHeads heads of $headDim',
    async (example) => {
      const { pieces, ...heads } = example;
      const rows = pieces.reduce((sum, count) => sum + count, 0);
      const qkv = normalFloats(rows * (heads.nHeads + 2 * heads.nKvHeads) * heads.headDim, 1, 1.5);
      const attended = await expectNoLeaks(() => attendInPieces(qkv, example));
      // As for causalAttention; a sum of at most 131 probabilities of scores below 40.
      const reference = cachedAttentionReference(qkv, { ...heads, offset: 0 });
      expectWithin(attended, reference, 2e-5 * greatestMagnitude(qkv));
      // Hardware may fuse a multiply and an add, or approximate; a software adapter does neither.
      if (backend === 'webgpu' && !gpuSession()!.software) return;
      expectSameBits(attended, attentionF32(qkv, { ...heads, batch: 1, context: rows }).out);
    },
  );
});

describe('cachedAttention', () => {
  beforeAll(() => useBackend('cpu'));

  it('refuses what does not fit', () => {
    const qkv = tensor2d(new Float32Array(24), [2, 12]);
    const cache = { keys: zeros([4, 8]) as Tensor2D, values: zeros([8, 4]) as Tensor2D };
    const options = { nHeads: 1, nKvHeads: 1, headDim: 4, offset: 0 };
    expect(() => cachedAttention(qkv, cache, { ...options, headDim: 3 })).toThrow(
      'cachedAttention: qkvSE must have shape [at least 1, 9], but got [2, 12]',
    );
    expect(() => cachedAttention(qkv, cache, { ...options, nHeads: 3, nKvHeads: 2 })).toThrow(
      /nHeads must be a multiple of nKvHeads, but got 3 and 2/,
    );
    expect(() => cachedAttention(qkv, { ...cache, keys: cache.values }, options)).toThrow(
      /keys and values must have shapes \[4, capacity\] and \[capacity, 4\], but got \[8, 4\] and \[8, 4\]/,
    );
    expect(() => cachedAttention(qkv, cache, { ...options, offset: 7 })).toThrow(
      /the capacity must be a multiple of 4 and at least 9, but got 8/,
    );
    expect(() => cachedAttention(qkv, cache, { ...options, offset: -1 })).toThrow(
      'cachedAttention: offset must be an integer of at least 0, but got -1',
    );
    for (const tensor of [qkv, cache.keys, cache.values]) tensor.dispose();
  });
});
