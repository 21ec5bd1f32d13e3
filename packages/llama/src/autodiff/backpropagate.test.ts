import { add, customGrad, grads, memory, scalar, square, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { expectNoLeaks, readFloats, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { residualAdd } from '../residual-add/residual-add.ts';
import { rmsNorm } from '../rms-norm/rms-norm.ts';
import { swiglu } from '../swiglu/swiglu.ts';
import { backpropagate } from './backpropagate.ts';
import { isRecording, record } from './tape.ts';
import { someMatrix } from '../../test/some-matrix.ts';

beforeAll(() => useBackend('cpu'));

describe('backpropagate', () => {
  it('has the gradients of tfjs where a tensor is used more than once', async () => {
    await expectNoLeaks(async () => {
      const [x, dy] = [someMatrix(3, 4, 1), someMatrix(3, 4, 3)];
      const gain = tensor1d([1, 2, -1, 0.5]);
      const f = (a: Tensor, b: Tensor): Tensor => {
        const twice = residualAdd(a as never, a as never);
        return residualAdd(residualAdd(twice, rmsNorm(twice, b as Tensor1D, 1e-5)), a as never);
      };
      // tfjs disposes the dy it is given when an op hands it through.
      const expected = grads(f as never)([x, gain], someMatrix(3, 4, 3));
      const { result, tape } = record(() => f(x, gain));
      const actual = backpropagate(tape, result, dy, [x, gain]);
      for (const [i, gradient] of actual.entries()) {
        expect(await readFloats(gradient!)).toEqual(await readFloats(expected[i]!));
      }
      for (const tensor of [x, dy, gain, result, ...expected, ...actual]) tensor!.dispose();
    });
  });

  it('gives no gradient by what y does not depend on, and never dy itself', async () => {
    await expectNoLeaks(async () => {
      const [x, other, dy] = [someMatrix(2, 2, 1), someMatrix(2, 2, 2), someMatrix(2, 2, 3)];
      const { result, tape } = record(() => residualAdd(x, x));
      const [dx, none] = backpropagate(tape, result, dy, [x, other]);
      expect(none).toBeUndefined();
      const [itself] = backpropagate([], x, dy, [x]);
      expect(itself).not.toBe(dy);
      for (const tensor of [x, other, dy, result, dx!, itself!]) tensor.dispose();
    });
  });

  it('frees what each node saved before it goes on to the next', () => {
    const held: number[] = [];
    const noteHeld = customGrad((x) => ({
      value: add(x as Tensor, 0),
      gradFunc: (dy: Tensor) => {
        held.push(memory().numTensors);
        return add(dy, 0);
      },
    }));
    const x = someMatrix(4, 16, 1);
    const dy = someMatrix(4, 4, 2);
    const { result, tape } = record(() => swiglu(noteHeld(swiglu(noteHeld(x) as never)) as never));
    const gradients = backpropagate(tape, result, dy, [x]);
    // Of two notes the later one is that of the first op: by then the second swiglu's input is gone.
    expect(held).toHaveLength(2);
    expect(held[1]).toBeLessThan(held[0]!);
    for (const tensor of [x, dy, result, ...gradients]) tensor!.dispose();
  });

  it('can be used in the forward function and in the gradient of a customGrad', async () => {
    await expectNoLeaks(async () => {
      const x = someMatrix(2, 6, 1);
      const inner = (): Tensor => {
        const { result, tape } = record(() => swiglu(x));
        const [dx] = backpropagate(tape, result, result, [x]);
        result.dispose();
        return dx!;
      };
      const expected = inner();
      const nested = customGrad((a) => {
        expect(isRecording()).toBe(false);
        return { value: add(a as Tensor, inner()), gradFunc: (dy: Tensor) => add(dy, inner()) };
      });
      const dy = someMatrix(2, 6, 2);
      const { result, tape } = record(() => {
        expect(isRecording()).toBe(true);
        return nested(x);
      });
      expect(isRecording()).toBe(false);
      const [dx] = backpropagate(tape, result, dy, [x]);
      const sum = tidy(() => add(x, expected));
      const dSum = tidy(() => add(dy, expected));
      expect(await readFloats(result)).toEqual(await readFloats(sum));
      expect(await readFloats(dx!)).toEqual(await readFloats(dSum));
      for (const tensor of [x, dy, expected, result, dx!, sum, dSum]) tensor.dispose();
    });
  });

  it('names the kernel that has no gradient, and leaks nothing', async () => {
    await expectNoLeaks(async () => {
      const [x, one] = [scalar(3), scalar(1)];
      // Only tfjs-core is loaded: its ops have no gradients.
      const { result, tape } = record(() => square(x) as Scalar);
      expect(() => backpropagate(tape, result, one, [x])).toThrow(
        'backpropagate: Square has no gradient; use an op that has one',
      );
      for (const tensor of [x, one, result]) tensor.dispose();
    });
  });
});

describe('record', () => {
  it('goes back to what was recorded before when its body fails, and leaks nothing', async () => {
    await expectNoLeaks(async () => {
      const x = someMatrix(2, 4, 1);
      expect(() =>
        record(() => {
          swiglu(x);
          throw new Error('no more');
        }),
      ).toThrow('no more');
      expect(isRecording()).toBe(false);
      x.dispose();
    });
  });
});
