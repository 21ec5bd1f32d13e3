import { customGrad, mul, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { expectNoLeaks, readFloats, seededRandom, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectWithin, greatestMagnitude } from '../../test/expect-within.ts';
import { someMatrix } from '../../test/some-matrix.ts';
import { crossEntropy, perTokenLoss } from '../cross-entropy/cross-entropy.ts';
import { meanLoss } from '../cross-entropy/run-cross-entropy.ts';
import { denseLinear } from './dense-linear.ts';
import { headChunkRows, headLoss } from './head-loss.ts';
import type { LinearOp, LinearSite } from './linear-op.ts';
import { valueAndGrads } from './value-and-grads.ts';

const SITE: LinearSite = { role: 'head', block: null };
const [ROWS, WIDTH, VOCAB] = [10, 8, 12];

function someTargets(): Tensor1D {
  const random = seededRandom(4);
  return tensor1d(
    Int32Array.from({ length: ROWS }, () => Math.floor(random() * VOCAB)),
    'int32',
  );
}

/** Loss and gradients, by the names x and w. */
async function differentiate(
  loss: () => Tensor,
  x: Tensor2D,
  w: Tensor2D,
): Promise<{ loss: Float32Array; dx: Float32Array; dw: Float32Array }> {
  const parameters = new Map([
    ['x', x as unknown as Variable],
    ['w', w as unknown as Variable],
  ]);
  const { value, grads } = valueAndGrads(loss as never, parameters);
  const [dx, dw] = [grads.get('x')!, grads.get('w')!];
  const read = await Promise.all([value, dx, dw].map(readFloats));
  for (const tensor of [value, dx, dw]) tensor.dispose();
  return { loss: read[0]!, dx: read[1]!, dw: read[2]! };
}

describe.each(testBackends)('headLoss on %s', { timeout: 400_000 }, (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([1, 4, 5, 9, 10, 99])('of %i rows at a time is the cross-entropy of all', async (chunkRows) => {
    await expectNoLeaks(async () => {
      const [x, w, targets] = [someMatrix(ROWS, WIDTH, 1), someMatrix(VOCAB, WIDTH, 2), someTargets()];
      const whole = await differentiate(() => crossEntropy(denseLinear(x, w, SITE), targets), x, w);
      const parts = await differentiate(() => headLoss(x, w, targets, denseLinear, chunkRows), x, w);
      // The weight's gradient is summed in another order, and tfjs's product of few rows may be another program.
      expectWithin(parts.loss, whole.loss, 2 ** -22);
      expectWithin(parts.dx, whole.dx, 2 ** -21 * greatestMagnitude(whole.dx));
      expectWithin(parts.dw, whole.dw, 2 ** -21 * greatestMagnitude(whole.dw));
      for (const tensor of [x, w, targets]) tensor.dispose();
    });
  });

  it('evaluates without gradients to the same bits', async () => {
    await expectNoLeaks(async () => {
      const [x, w, targets] = [someMatrix(ROWS, WIDTH, 1), someMatrix(VOCAB, WIDTH, 2), someTargets()];
      const { loss } = await differentiate(() => headLoss(x, w, targets, denseLinear, 3), x, w);
      const evaluated = headLoss(x, w, targets, denseLinear, 4);
      expect(await readFloats(evaluated)).toEqual(loss);
      const logits = denseLinear(x, w, SITE);
      const each = perTokenLoss(logits, targets);
      const mean = meanLoss(each);
      expect(await readFloats(mean)).toEqual(loss);
      for (const tensor of [x, w, targets, evaluated, logits, each, mean]) tensor.dispose();
    });
  });
});

describe('headLoss', () => {
  beforeAll(() => useBackend('cpu'));

  it('runs the head on one chunk after the other, as role head, and scales with the gradient', async () => {
    const [x, w, targets] = [someMatrix(ROWS, WIDTH, 1), someMatrix(VOCAB, WIDTH, 2), someTargets()];
    const rows: number[] = [];
    const linear: LinearOp = (xMK, wNK, site) => {
      expect(site).toEqual(SITE);
      expect(wNK).toBe(w);
      rows.push(xMK.shape[0]);
      return denseLinear(xMK, wNK, site);
    };
    const { dx } = await differentiate(() => headLoss(x, w, targets, linear, 4), x, w);
    expect(rows).toEqual([4, 4, 2]);
    expect(greatestMagnitude(dx)).toBeGreaterThan(0);
    const scaled = customGrad((loss) => ({
      value: mul(loss as Tensor, 2),
      gradFunc: (dy: Tensor) => mul(dy, 2),
    }));
    const twice = await differentiate(() => scaled(headLoss(x, w, targets, linear, 4)), x, w);
    expect(twice.dx).toEqual(dx.map((value) => 2 * value));
    for (const tensor of [x, w, targets]) tensor.dispose();
  });

  it('holds a quarter of a million logits, or 128 rows of them', () => {
    expect(headChunkRows(512)).toBe(512);
    expect(headChunkRows(32_000)).toBe(128);
  });
});
