import type { Variable } from '@tensorflow/tfjs-core';

/** Where learned clip factors ended up. */
export interface ClipRange {
  /** How many factors there are. */
  readonly count: number;
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

/** Reads the learned clip factors of a run; undefined where it learns none. */
export async function clipRange(parameters: ReadonlyMap<string, Variable>): Promise<ClipRange | undefined> {
  const factors: number[] = [];
  for (const parameter of parameters.values()) factors.push(...(await parameter.data<'float32'>()));
  if (factors.length === 0) return undefined;
  return {
    count: factors.length,
    least: Math.min(...factors),
    mean: factors.reduce((sum, factor) => sum + factor) / factors.length,
    most: Math.max(...factors),
  };
}
