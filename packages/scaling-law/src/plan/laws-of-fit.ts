import type { FitResult } from '../fit/fit-result.ts';
import type { ChinchillaParameters } from '../laws/chinchilla.ts';
import type { QatDeltaParameters } from '../laws/qat-law.ts';
import type { PlanLaws } from './plan-query.ts';

const DELTA_NAMES = ['k', 'gammaN', 'gammaD', 'gammaG'] as const;

/**
 * The laws of a plan from a fit of `qat`, `qat-free` or `qat-joint` to your own runs, with where those runs lie.
 *
 * @throws RangeError for a fit of another law, which lacks the loss in high precision or the error; or for a stored fit
 *   without `inputs`.
 */
export function planLawsOfFit({
  law,
  precision,
  parameters,
  inputs,
}: Pick<FitResult, 'law' | 'precision' | 'parameters'> & Partial<Pick<FitResult, 'inputs'>>): PlanLaws {
  const valueOf = (name: string): number => {
    const found = parameters[name];
    if (found === undefined) {
      throw new RangeError(
        `planLawsOfFit: the fit must be of law qat, qat-free or qat-joint, but is of ${law}, which has no ${name}`,
      );
    }
    return found.value;
  };
  const alpha = valueOf('alpha');
  const base: ChinchillaParameters = {
    E: valueOf('E'),
    A: valueOf('A'),
    alpha,
    B: valueOf('B'),
    beta: parameters['beta']?.value ?? alpha,
  };
  const isJoint = parameters['k'] === undefined;
  const precisions = (precision ?? '').split(', ');
  const deltas = Object.fromEntries(
    precisions.map((name) => [
      name,
      Object.fromEntries(
        DELTA_NAMES.map((parameter) => [parameter, valueOf(isJoint ? `${parameter}[${name}]` : parameter)]),
      ) as unknown as QatDeltaParameters,
    ]),
  );
  if (inputs === undefined) {
    throw new RangeError(
      'planLawsOfFit: the fit must say where its runs lie (inputs), but it does not, as those stored by earlier versions; ' +
        'fit the runs again',
    );
  }
  return { base, deltas, inputs };
}
