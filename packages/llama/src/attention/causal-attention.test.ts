import { grad, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectGradient, innerProduct } from '../../test/expect-gradient.ts';
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { expectWithin, greatestMagnitude, UNIT_ROUNDOFF } from '../../test/expect-within.ts';
import { causalAttention } from './causal-attention.ts';
import { attentionF32, attentionGradF32 } from './f32-order.ts';
import type { AttentionAttrs } from './kernel.ts';
import { attentionGradReference, attentionReference } from './reference.ts';

const CASES: AttentionAttrs[] = [
  { batch: 1, context: 1, nHeads: 1, nKvHeads: 1, headDim: 2 },
  { batch: 2, context: 5, nHeads: 2, nKvHeads: 1, headDim: 6 },
  { batch: 3, context: 13, nHeads: 4, nKvHeads: 2, headDim: 8 },
  { batch: 1, context: 67, nHeads: 3, nKvHeads: 3, headDim: 5 },
  { batch: 2, context: 131, nHeads: 4, nKvHeads: 1, headDim: 32 },
];

function sizes({
  batch,
  context,
  nHeads,
  nKvHeads,
  headDim,
}: AttentionAttrs): [rows: number, width: number, out: number] {
  return [batch * context, (nHeads + 2 * nKvHeads) * headDim, nHeads * headDim];
}

describe('attentionReference', () => {
  it('has the gradient that finite differences give', () => {
    const attrs = CASES[1]!;
    const [rows, width, out] = sizes(attrs);
    const qkv = Float64Array.from(normalFloats(rows * width, 1));
    const dy = Float64Array.from(normalFloats(rows * out, 2));
    const forward = attentionReference(qkv, attrs);
    const gradient = attentionGradReference(dy, qkv, forward.out, forward.logSumExp, attrs);
    expectGradient((at) => innerProduct(dy, attentionReference(at, attrs).out), qkv, gradient);
  });
});

// The first run on a machine compiles shaders, with other work beside it.
const TIMEOUT = 400_000;

describe.each(testBackends)('causalAttention on %s', { timeout: TIMEOUT }, (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(CASES)(
    'agrees with the reference: $batch x $context, $nHeads / $nKvHeads heads of $headDim',
    async (attrs) => {
      const [rows, width, out] = sizes(attrs);
      const { context, nHeads, nKvHeads, headDim } = attrs;
      const qkv = normalFloats(rows * width, 1);
      const dy = normalFloats(rows * out, 2);
      const [attended, dqkv] = await expectNoLeaks(() => run(qkv, dy, attrs));
      const expected = attentionReference(qkv, attrs);

      const value = greatestMagnitude(qkv);
      const dValue = greatestMagnitude(dy);
      // A score is off by headDim + 3 roundoffs of its magnitude, exp multiplies that into a probability (WGSL adds
      // 2 |x| ulp of its own), and a row of at most `context` probabilities is summed twice.
      const score = Math.sqrt(headDim) * value ** 2;
      const probability = (2 * (headDim + 3) * score + 16 * score + 2 * context + 40) * UNIT_ROUNDOFF;
      expectWithin(attended, expected.out, probability * value);

      // dS = P · (dP − delta) with both terms below headDim · dValue · value; probabilities of a row sum to 1, those
      // of a column to at most context for each of its query heads.
      const dScore = 2 * headDim * dValue * value;
      const column = (context * nHeads) / nKvHeads;
      const bound = 2 * probability * column * (dScore * (value / Math.sqrt(headDim)) + dValue);
      const gradient = attentionGradReference(dy, qkv, expected.out, expected.logSumExp, attrs);
      expectWithin(dqkv, gradient, bound);
      // The bound is for the worst case; errors have both signs.
      expectWithin(dqkv, gradient, 2e-5 * greatestMagnitude(gradient));
      expectWithin(attended, expected.out, 1e-5 * value);
    },
  );

  // Heads as in CASES, so that they share shaders: a software adapter takes a second to compile one.
  it.for<AttentionAttrs>([
    { batch: 2, context: 1, nHeads: 4, nKvHeads: 2, headDim: 8 },
    { batch: 3, context: 7, nHeads: 3, nKvHeads: 3, headDim: 5 },
    { batch: 2, context: 7, nHeads: 2, nKvHeads: 1, headDim: 6 },
    { batch: 2, context: 64, nHeads: 4, nKvHeads: 1, headDim: 32 },
    { batch: 1, context: 129, nHeads: 4, nKvHeads: 1, headDim: 32 },
  ])(
    'has the bits of the f32 definition: $batch x $context, $nHeads / $nKvHeads heads of $headDim',
    async (attrs, { skip }) => {
      skip(
        backend === 'webgpu' && !gpuSession()!.software,
        'hardware may fuse a multiply and an add, or approximate',
      );
      const [rows, width, outWidth] = sizes(attrs);
      const [qkv, dy] = [normalFloats(rows * width, 1, 1.5), normalFloats(rows * outWidth, 2)];
      const [attended, dqkv] = await run(qkv, dy, attrs);
      const { out, logSumExp } = attentionF32(qkv, attrs);
      expectSameBits(attended, out);
      expectSameBits(dqkv, attentionGradF32(dy, qkv, out, logSumExp, attrs));
    },
  );

  it('does not look ahead', async () => {
    const attrs = CASES[2]!;
    const [rows, width, out] = sizes(attrs);
    const qkv = normalFloats(rows * width, 1);
    const changed = qkv.slice();
    const last = attrs.context - 1;
    changed.fill(50, last * width, (last + 1) * width);
    const dy = new Float32Array(rows * out);
    const [before] = await run(qkv, dy, attrs);
    const [after] = await run(changed, dy, attrs);
    expect(bitsOf(after.slice(0, last * out))).toEqual(bitsOf(before.slice(0, last * out)));
    expect(after.slice(last * out, (last + 1) * out)).not.toEqual(before.slice(last * out, (last + 1) * out));
  });

  it('keeps its head with scores of ±1000', async () => {
    const attrs: AttentionAttrs = { batch: 1, context: 9, nHeads: 1, nKvHeads: 1, headDim: 4 };
    const qkv = normalFloats(9 * 12, 7, 25);
    const dy = normalFloats(9 * 4, 8);
    const [attended, dqkv] = await run(qkv, dy, attrs);
    const expected = attentionReference(qkv, attrs);
    expectWithin(attended, expected.out, 1e-2);
    expect(dqkv.every(Number.isFinite)).toBe(true);
  });

  it('gives the same bits twice', async () => {
    const attrs = CASES[3]!;
    const [rows, width, out] = sizes(attrs);
    const [qkv, dy] = [normalFloats(rows * width, 1), normalFloats(rows * out, 2)];
    const first = await run(qkv, dy, attrs);
    const second = await run(qkv, dy, attrs);
    for (const i of [0, 1] as const) expect(bitsOf(second[i])).toEqual(bitsOf(first[i]));
  });

  it('refuses what does not fit', () => {
    const qkv = tensor2d(new Float32Array(24), [2, 12]);
    const options = { batch: 1, context: 2, nHeads: 1, nKvHeads: 1, headDim: 4 };
    expect(() => causalAttention(qkv, { ...options, context: 3 })).toThrow(
      'causalAttention: qkvME must have shape [3, 12], but got [2, 12]',
    );
    expect(() => causalAttention(qkv, { ...options, nHeads: 3, nKvHeads: 2 })).toThrow(
      /nHeads must be a multiple of nKvHeads, but got 3 and 2/,
    );
    expect(() => causalAttention(qkv, { ...options, headDim: 0 })).toThrow(
      'causalAttention: headDim must be an integer of at least 1, but got 0',
    );
    qkv.dispose();
  });
});

async function run(
  qkv: Float32Array,
  dy: Float32Array,
  attrs: AttentionAttrs,
): Promise<[attended: Float32Array, dqkv: Float32Array]> {
  const [rows, width, out] = sizes(attrs);
  const qkvME = tensor2d(qkv, [rows, width]);
  const dyMN = tensor2d(dy, [rows, out]);
  const attended = causalAttention(qkvME, attrs);
  const dqkv = grad((x) => causalAttention(x as Tensor2D, attrs))(qkvME, dyMN);
  const values = await Promise.all([attended, dqkv].map(readFloats));
  for (const tensor of [qkvME, dyMN, attended, dqkv]) tensor.dispose();
  return values as [Float32Array, Float32Array];
}
