import { tensor2d } from '@tensorflow/tfjs-core';
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
import { SCALINGS } from '../../test/rope-scalings.ts';
import { backpropagate } from '../autodiff/backpropagate.ts';
import { record } from '../autodiff/tape.ts';
import { anglesOf } from '../rope/angles.ts';
import { ropeF32 } from '../rope/f32-order.ts';
import { rope } from '../rope/rope.ts';
import type { RopeScaling } from '../rope/rope-scaling.ts';
import { causalAttention } from './causal-attention.ts';
import { attentionF32, attentionGradF32 } from './f32-order.ts';
import type { AttentionAttrs } from './kernel.ts';
import { rotaryAttention } from './rotary-attention.ts';

const THETA = 10_000;

// Halves of heads that are and are not a multiple of four long, whole and broken workgroups.
const CASES: (AttentionAttrs & { scaling?: RopeScaling })[] = [
  { batch: 1, context: 1, nHeads: 1, nKvHeads: 1, headDim: 2 },
  { batch: 2, context: 7, nHeads: 2, nKvHeads: 1, headDim: 6 },
  { batch: 2, context: 13, nHeads: 3, nKvHeads: 3, headDim: 4 },
  { batch: 2, context: 131, nHeads: 4, nKvHeads: 2, headDim: 8 },
  { batch: 1, context: 70, nHeads: 2, nKvHeads: 1, headDim: 8, scaling: SCALINGS.llama3 },
  { batch: 1, context: 9, nHeads: 2, nKvHeads: 1, headDim: 8, scaling: SCALINGS.yarn },
];

// The first run on a machine compiles shaders, with other work beside it.
describe.each(testBackends)('rotaryAttention on %s', { timeout: 400_000 }, (backend) => {
  beforeAll(() => useBackend(backend));

  it.for(CASES)(
    'has the bits of a rotation and attention: $batch x $context, $nHeads / $nKvHeads heads of $headDim, $scaling.type',
    async ({ scaling, ...attrs }) => {
      const { batch, context, nHeads, nKvHeads, headDim } = attrs;
      const [rows, width, outWidth] = [batch * context, (nHeads + 2 * nKvHeads) * headDim, nHeads * headDim];
      const [qkv, dy] = [normalFloats(rows * width, 1, 1.5), normalFloats(rows * outWidth, 2)];
      await expectNoLeaks(async () => {
        const qkvME = tensor2d(qkv, [rows, width]);
        const dyMN = tensor2d(dy, [rows, outWidth]);
        const differentiate = async (attend: () => Tensor2D): Promise<[Float32Array, Float32Array]> => {
          const { result, tape } = record(attend);
          const [dqkv] = backpropagate(tape, result, dyMN, [qkvME]);
          const read = await Promise.all([result, dqkv!].map(readFloats));
          for (const tensor of [result, dqkv!]) tensor.dispose();
          return read as [Float32Array, Float32Array];
        };
        const [attended, dqkv] = await differentiate(() =>
          rotaryAttention(qkvME, { ...attrs, theta: THETA, scaling }),
        );
        // Hardware may fuse or approximate, here and there in its own way; a software adapter does neither.
        if (backend !== 'webgpu' || gpuSession()!.software) {
          const apart = await differentiate(() =>
            causalAttention(rope(qkvME, { ...attrs, theta: THETA, scaling }), attrs),
          );
          expectSameBits(attended, apart[0]);
          expectSameBits(dqkv, apart[1]);
          const rotation = {
            rotatedHeads: nHeads + nKvHeads,
            headDim,
            context,
            angles: anglesOf(THETA, scaling),
            offset: 0,
          };
          const rotated = ropeF32(qkv, width, { ...rotation, direction: 1 });
          const { out, logSumExp } = attentionF32(rotated, attrs);
          expectSameBits(attended, out);
          const dRotated = attentionGradF32(dy, rotated, out, logSumExp, attrs);
          expectSameBits(dqkv, ropeF32(dRotated, width, { ...rotation, direction: -1 }));
        }
        for (const tensor of [qkvME, dyMN]) tensor.dispose();
      });
    },
  );

  it('refuses what does not fit', () => {
    const qkv = tensor2d(new Float32Array(24), [2, 12]);
    const options = { batch: 1, context: 2, nHeads: 1, nKvHeads: 1, headDim: 4, theta: THETA };
    expect(() => rotaryAttention(qkv, { ...options, context: 3 })).toThrow(
      'rotaryAttention: qkvME must have shape [3, 12], but got [2, 12]',
    );
    expect(() => rotaryAttention(qkv, { ...options, theta: 0 })).toThrow(
      'rope: theta must be positive, but got 0',
    );
    qkv.dispose();
  });
});
