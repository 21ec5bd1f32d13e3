import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expectNoLeaks, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeQuantizeClipGradient, fakeQuantizeGradient } from './fake-quantize-gradient.ts';
import { fakeQuantize } from './fake-quantize.ts';
import type { FakeQuantizeOptions } from './options.ts';

describe('fakeQuantize', () => {
  beforeAll(() => useBackend('cpu'));

  it.each<[object, ErrorConstructor, string | RegExp]>([
    [{ format: 'fp4' }, TypeError, /^fakeQuantize: format must be one of e2m1, e1m2, .*, f16, but got fp4$/],
    [{ format: 'e2m1', axis: 2 }, TypeError, 'fakeQuantize: axis must be one of 0, 1, but got 2'],
    [
      { format: 'e2m1', scale: 'f32' },
      TypeError,
      /scale must be one of exact, powerOfTwo, .*, quest, but got f32/,
    ],
    [
      { format: 'e2m1', rounding: 'up' },
      TypeError,
      /rounding must be one of nearestEven, stochastic, but got up/,
    ],
    [
      { format: 'e2m1', rounding: 'stochastic' },
      TypeError,
      "fakeQuantize: rounding 'stochastic' must come with a seed, but got none",
    ],
    [{ format: 'e2m1', seed: 1.5 }, RangeError, /seed must be an integer from 0 to 2\^32 - 1, but got 1.5/],
    [
      { format: 'e2m1', headroom: 2 },
      RangeError,
      'fakeQuantize: headroom must be at least 1 and below 2, but got 2',
    ],
    [{ format: 'e2m1', headroom: 0.5 }, RangeError, /but got 0.5/],
    [{ format: 'e2m1', headroom: NaN }, RangeError, /but got NaN/],
    [{ format: 'e2m1', granularity: 'row' }, TypeError, /granularity must be 'tensor', 'vector'/],
    [
      { format: 'e2m1', granularity: { block: 0 } },
      RangeError,
      /block size must be a positive integer, but got 0/,
    ],
    [
      { format: 'int4', scale: 'quest' },
      TypeError,
      /scale 'quest' must come with format 'e2m1', but got 'int4'/,
    ],
    [
      { format: 'bf16', scale: 'exact' },
      TypeError,
      "fakeQuantize: format 'bf16' has no scale, so scale must be left out, but got one",
    ],
    [{ format: 'f16', granularity: 'tensor' }, TypeError, /so granularity must be left out/],
    [{ format: 'f16', headroom: 1 }, TypeError, /so headroom must be left out/],
  ])('refuses %o', (options, kind, message) => {
    const x = tensor2d(new Float32Array(6), [2, 3]);
    const call = (): unknown => fakeQuantize(x, options as FakeQuantizeOptions);
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
    x.dispose();
  });

  it('refuses clip factors that do not fit, and with quest', async () => {
    await expectNoLeaks(async () => {
      const x = tensor2d(new Float32Array(64), [2, 32]);
      const [two, three] = [tensor1d([1, 1]), tensor1d([1, 1, 1])];
      const integers = tensor1d([1], 'int32');
      const block = { format: 'int4', granularity: { block: 16 } } as const;
      fakeQuantize(x, { ...block, clip: two }).dispose();
      expect(() => fakeQuantize(x, { ...block, clip: three })).toThrow(
        new RangeError(
          'fakeQuantize: clip must have 1 factor or 2, one for each block along the axis, but got 3',
        ),
      );
      expect(() => fakeQuantize(x, { ...block, clip: integers })).toThrow(
        /clip must be a float32 vector, but got int32/,
      );
      expect(() => fakeQuantize(x, { format: 'e2m1', scale: 'quest', clip: two })).toThrow(
        /must come without clip/,
      );
      expect(() => fakeQuantize(x, { format: 'bf16', clip: two })).toThrow(/so clip must be left out/);
      for (const tensor of [x, two, three, integers]) tensor.dispose();
    });
  });

  it('refuses tensors of another dtype, rank or shape', () => {
    const [x, wide, integers] = [
      tensor2d([[1, 2]]),
      tensor2d([[1, 2, 3]]),
      tensor2d([[1, 2]], [1, 2], 'int32'),
    ];
    const vector = tensor1d([1]) as unknown as Tensor2D;
    const options = { format: 'e2m1' } as const;
    expect(() => fakeQuantize(integers, options)).toThrow(
      new TypeError('fakeQuantize: x must be float32, but got int32; cast it first'),
    );
    expect(() => fakeQuantize(vector, options)).toThrow(
      new RangeError('fakeQuantize: x must have 2 dimensions, but got shape [1]; reshape it first'),
    );
    expect(() => fakeQuantizeGradient(wide, x, options)).toThrow(
      new RangeError('fakeQuantizeGradient: dy and x must have the same shape, but got [1, 3] and [1, 2]'),
    );
    expect(() => fakeQuantizeGradient(integers, x, options)).toThrow(/dy must be float32/);
    expect(() => fakeQuantizeClipGradient(x, x, options)).toThrow(
      new TypeError(
        'fakeQuantizeClipGradient: options must have clip factors, but got none; use fakeQuantizeGradient',
      ),
    );
    for (const tensor of [x, wide, integers, vector]) tensor.dispose();
  });
});
