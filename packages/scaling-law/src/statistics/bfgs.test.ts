import { describe, expect, it } from 'vitest';
import { minimizeBfgs } from './bfgs.ts';
import type { Objective } from './bfgs.ts';

const identity = Float64Array.of(1, 0, 0, 1);
const tight = { relativeTolerance: 1e-15, maxIterations: 500 };

const rosenbrock: Objective = (x, gradient) => {
  const [a, b] = [x[0]!, x[1]!];
  gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
  gradient[1] = 200 * (b - a * a);
  return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
};

const quadratic: Objective = (x, gradient) => {
  gradient[0] = 1000 * (x[0]! - 3);
  gradient[1] = x[1]! + 2;
  return 500 * (x[0]! - 3) ** 2 + (x[1]! + 2) ** 2 / 2;
};

const kinked: Objective = (x, gradient) => {
  gradient[0] = Math.sign(x[0]! - 1) + 0.5 * Math.sign(x[0]! - x[1]!);
  gradient[1] = -0.5 * Math.sign(x[0]! - x[1]!) + 2 * Math.sign(x[1]! - 1);
  return Math.abs(x[0]! - 1) + 0.5 * Math.abs(x[0]! - x[1]!) + 2 * Math.abs(x[1]! - 1);
};

const barrier: Objective = (x, gradient) => {
  gradient[0] = 1 - 1 / x[0]!;
  gradient[1] = x[1]!;
  return x[0]! - Math.log(x[0]!) + x[1]! ** 2 / 2;
};

const slow: Objective = (x, gradient) => {
  gradient[0] = 4 * x[0]! ** 3;
  gradient[1] = 4 * x[1]! ** 3;
  return x[0]! ** 4 + x[1]! ** 4;
};

describe('minimizeBfgs', () => {
  it('finds the minimum of the Rosenbrock function', () => {
    const { x, iterations } = minimizeBfgs(rosenbrock, Float64Array.of(-1.2, 1), identity, tight);
    expect(x[0]).toBeCloseTo(1, 9);
    expect(x[1]).toBeCloseTo(1, 9);
    expect(iterations).toBeLessThan(60);
  });

  it('takes a single step where the inverse Hessian is given exactly', () => {
    const H = Float64Array.of(1e-3, 0, 0, 1);
    const { x, iterations } = minimizeBfgs(quadratic, Float64Array.of(0, 0), H, tight);
    expect(iterations).toBe(1);
    expect([...x]).toEqual([3, -2]);
  });

  it('takes long steps where the inverse Hessian is far too small', () => {
    const H = Float64Array.of(1e-6, 0, 0, 1e-3);
    const { x, iterations } = minimizeBfgs(quadratic, Float64Array.of(0, 0), H, tight);
    expect(x[0]).toBeCloseTo(3, 9);
    expect(x[1]).toBeCloseTo(-2, 9);
    expect(iterations).toBeLessThan(12);
  });

  it('reaches the kink of a function that is nowhere smooth at its minimum', () => {
    const { value } = minimizeBfgs(kinked, Float64Array.of(5, -3.3), identity, tight);
    expect(value).toBeLessThan(1e-6);
  });

  it('backs off from where the function is infinite or not a number', () => {
    const { x } = minimizeBfgs(barrier, Float64Array.of(30, 4), Float64Array.of(50, 0, 0, 1), tight);
    expect(x[0]).toBeCloseTo(1, 6);
  });

  it('leaves its start and matrix as they are, and stops at the iteration limit', () => {
    const start = Float64Array.of(7, 7);
    const H = Float64Array.from(identity);
    expect(minimizeBfgs(slow, start, H, { ...tight, maxIterations: 3 }).iterations).toBe(3);
    expect([...start]).toEqual([7, 7]);
    expect([...H]).toEqual([...identity]);
  });
});
