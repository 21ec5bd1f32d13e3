import { scalar, tensor1d, variable, zeros } from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { useBackend } from '@nibble-ml/testing';
import { beforeAll, expect, it } from 'vitest';
import { createAdamW } from './create-adamw.ts';

beforeAll(() => useBackend('cpu'));

it.each([
  [{ beta1: 1 }, 'createAdamW: beta1 must be in [0, 1), but got 1; 0.9 and 0.95 are usual'],
  [{ beta2: -0.1 }, 'createAdamW: beta2 must be in [0, 1), but got -0.1; 0.9 and 0.95 are usual'],
  [{ epsilon: 0 }, 'createAdamW: epsilon must be at least 1e-30, but got 0; 1e-8 is usual'],
  [{ weightDecay: NaN }, 'createAdamW: weightDecay must be at least 0, but got NaN; 0.1 is usual'],
  [{ clipNorm: 0 }, 'createAdamW: clipNorm must be positive, but got 0; pass null not to clip'],
])('createAdamW refuses %o', (options, message) => {
  const parameters = new Map([['w', variable(zeros([2]))]]);
  expect(() => createAdamW(parameters, options)).toThrow(new RangeError(message));
});

it('createAdamW refuses no parameters and integer ones', () => {
  expect(() => createAdamW(new Map())).toThrow(
    new RangeError(
      'createAdamW: there must be at least one parameter, but got none; pass the model parameters',
    ),
  );
  expect(() => createAdamW(new Map([['w', variable(tensor1d([1], 'int32'))]]))).toThrow(
    new TypeError('createAdamW: w must be float32, but got int32; only master weights are trained'),
  );
});

it('step refuses wrong gradients and counts no step', () => {
  const optimizer = createAdamW(new Map([['w', variable(zeros([2]))]]));
  const w = zeros([2]);
  const shared = variable(zeros([2]));
  const optimizerOfShared = createAdamW(new Map([['w', shared]]));
  expect(() => optimizer.step({}, 0.1)).toThrow(
    new RangeError('step: there must be a gradient of w, but got none; pass one for every parameter'),
  );
  expect(() => optimizer.step({ w, u: w }, 0.1)).toThrow(
    new RangeError("step: gradients must be of this optimizer's parameters, but got u; leave it out"),
  );
  expect(() => optimizer.step({ w: zeros([1, 2]) }, 0.1)).toThrow(
    new RangeError(
      'step: the gradient of w must have shape [2], but got [1, 2]; pass the gradient of that parameter',
    ),
  );
  expect(() => optimizer.step({ w: tensor1d([1, 2], 'int32') }, 0.1)).toThrow(
    new TypeError('step: the gradient of w must be float32, but got int32; cast it first'),
  );
  expect(() => optimizerOfShared.step({ w: shared }, 0.1)).toThrow(
    new RangeError(
      'step: the gradient of w must have data of its own, but shares those of parameter w; copy it first',
    ),
  );
  const twice = createAdamW(
    new Map([
      ['a', shared],
      ['b', shared],
    ]),
  );
  expect(() => twice.step({ a: w, b: w }, 0.1)).toThrow(
    new RangeError('step: parameters must have data of their own, but a and b share theirs; copy one first'),
  );
  expect(() => optimizer.step({ w }, -1)).toThrow(
    new RangeError('step: the learning rate must be at least 0, but got -1; check the schedule'),
  );
  expect(optimizer.stepCount).toBe(0);
});

it('restore refuses the state of another model and changes nothing', async () => {
  const optimizer = createAdamW(new Map([['w', variable(zeros([2]))]]));
  optimizer.step({ w: tensor1d([1, 2]) }, 0.1).dispose();
  const before = await optimizer.state();
  const other = createAdamW(new Map([['u', variable(scalar(0))]]));
  expect(() => optimizer.restore(new Map())).toThrow(
    new RangeError(
      'restore: the state must have an integer "step", but got undefined; pass what state() returned',
    ),
  );
  const otherState = await other.state();
  expect(() => optimizer.restore(otherState)).toThrow(
    new RangeError(
      'restore: the state must have a tensor w.exp_avg, but got none; restore the state of this model',
    ),
  );
  const reshaped = new Map(before).set('w.exp_avg_sq', {
    shape: [],
    dtype: 'float32',
    data: new Float32Array(1),
  });
  expect(() => optimizer.restore(reshaped)).toThrow(
    new RangeError(
      'restore: w.exp_avg_sq must have shape [2], but got [] with 1 values; restore the state of this model',
    ),
  );
  expect(await optimizer.state()).toEqual(before);
});

function gains(): Map<string, Variable> {
  return new Map([['gain', variable(tensor1d([1, 2]))]]);
}

it('the caller decides what decays', async () => {
  const [still, decaying] = [gains(), gains()];
  const gradients = { gain: zeros([2]) };
  createAdamW(still).step(gradients, 0.5);
  createAdamW(decaying, { decays: () => true, weightDecay: 0.5 }).step(gradients, 0.5);
  expect([...(await still.get('gain')!.data())]).toEqual([1, 2]);
  expect([...(await decaying.get('gain')!.data())]).toEqual([0.75, 1.5]);
});
