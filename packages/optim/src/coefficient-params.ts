import { f32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { Param } from '@nibble-ml/tfjs-bridge/webgpu';
import type { AdamWCoefficients } from './adamw-coefficients.ts';

const names = [
  'beta1',
  'oneMinusBeta1',
  'beta2',
  'oneMinusBeta2',
  'stepSize',
  'secondCorrection',
  'epsilon',
] as const satisfies readonly (keyof AdamWCoefficients)[];

/** The coefficients that all elements share, as members of a WGSL struct. */
export const coefficientFields: string = names.map((name) => `${name}: f32`).join(', ');

/** The values of {@link coefficientFields}. */
export function coefficientParams(coefficients: AdamWCoefficients): Param[] {
  return names.map((name) => f32(coefficients[name]));
}
