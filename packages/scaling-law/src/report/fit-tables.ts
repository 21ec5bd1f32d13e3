import type { ComparedLaw } from '../fit/compare-laws.ts';
import type { RunDiagnostics } from '../fit/diagnose-fit.ts';
import type { FitResult } from '../fit/fit-result.ts';
import type { HeldOutSize } from '../fit/leave-one-size-out.ts';
import type { IsoflopFit } from '../isoflop/isoflop-fit.ts';
import { compactCount, shortNumber } from '../plot/compact-number.ts';
import type { Plan } from '../plan/plan-training.ts';
import type { Table } from './table.ts';
import type { UnfittedLaw } from './unfitted-law.ts';

/** A share as a percentage, or a dash. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(2)} %`;
}

/** Five digits. A positive parameter that has vanished is the least float64 and as good as zero. */
function digits(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) <= Number.MIN_VALUE ? '0' : value.toPrecision(5);
}

/** Value and interval of every parameter. */
export function parameterTable(fit: FitResult): Table {
  const confidence = Math.round(100 * fit.bootstrap.confidence);
  return {
    head: ['parameter', 'value', `${confidence} % from`, 'to', 'meaning'],
    rows: Object.entries(fit.parameters).map(([name, { value, low, high }]) => {
      const spec = fit.definition.parameters.find((candidate) => candidate.name === name.replace(/\[.*/, ''));
      return [name, digits(value), digits(low), digits(high), spec?.meaning ?? ''];
    }),
  };
}

/** Correlations of the parameters' estimates. */
export function correlationTable(fit: FitResult): Table {
  const names = Object.keys(fit.parameters);
  return {
    head: ['', ...names],
    rows: fit.correlations.map((row, p) => [names[p]!, ...row.map((value) => value.toFixed(3))]),
  };
}

/** Laws side by side; why one could not be fitted is in `unfittedNotes`. */
export function comparisonTable(compared: readonly (ComparedLaw | UnfittedLaw)[]): Table {
  return {
    head: ['law', 'parameters', 'runs', 'error on delta', 'error on loss', 'AICc', 'BIC', 'ΔAICc'],
    rows: compared.map((law) =>
      'notFitted' in law
        ? [law.law, '', '', 'not fitted']
        : [
            law.law,
            String(law.parameters),
            String(law.points),
            percent(law.relativeErrorOnDelta),
            percent(law.relativeErrorOnLoss),
            law.aicc.toFixed(1),
            law.bic.toFixed(1),
            law.aiccDifference === null ? '–' : law.aiccDifference.toFixed(1),
          ],
    ),
  };
}

/** Leave-one-size-out errors. */
export function validationTable(sizes: readonly HeldOutSize[]): Table {
  return {
    head: ['size left out', 'runs', 'error on delta', 'error on loss'],
    rows: sizes.map((size) => [
      compactCount(size.N),
      String(size.points),
      size.undetermined === undefined
        ? percent(size.relativeErrorOnDelta)
        : 'rest does not determine the law',
      size.undetermined === undefined ? percent(size.relativeErrorOnLoss) : '',
    ]),
  };
}

/** Outliers and the runs that decide most, the most extreme first. */
export function diagnosticsTable(diagnostics: readonly RunDiagnostics[], most = 10): Table {
  const notable = diagnostics
    .filter(({ isOutlier, influence }) => isOutlier || influence > 1)
    .toSorted((a, b) => Math.abs(b.standardized) - Math.abs(a.standardized))
    .slice(0, most);
  return {
    head: ['run', 'observed', 'fitted', 'off by', 'standard deviations', 'leverage', 'influence'],
    rows: notable.map(({ record, observed, predicted, residual, standardized, leverage, influence }) => [
      describeRun(record),
      shortNumber(observed),
      shortNumber(predicted),
      `${(100 * residual).toFixed(2)} %`,
      standardized.toFixed(1),
      leverage.toFixed(2),
      influence.toFixed(2),
    ]),
  };
}

function describeRun({ precision, N, D, G, seed }: RunDiagnostics['record']): string {
  const group = G === undefined ? '' : ` G ${compactCount(G)}`;
  return `${precision} N ${compactCount(N)} D ${compactCount(D)}${group}${seed === undefined ? '' : ` seed ${seed}`}`;
}

/** Optima of the isoFLOP curves. */
export function isoflopTable(fit: IsoflopFit): Table {
  return {
    head: ['6ND, FLOPs', 'runs', 'optimal N', 'D', 'loss'],
    rows: fit.curves.map(({ flops, points, optimum, isExtrapolated }) => [
      compactCount(flops),
      String(points.length),
      `${compactCount(optimum.N)}${isExtrapolated ? ' (outside)' : ''}`,
      compactCount(optimum.D),
      optimum.loss.toFixed(4),
    ]),
  };
}

/** Bytes in decimal units, as memory is sold. */
function bytesText(bytes: number): string {
  return `${compactCount(bytes).replace('B', 'G')}B`;
}

/** Plans, best first. */
export function planTable(plans: readonly Plan[]): Table {
  return {
    head: [
      'precision',
      'G',
      'N',
      'D',
      'loss',
      'delta',
      'EPM',
      'training FLOPs',
      'weights',
      'FLOPs/token',
      'beyond fit',
    ],
    rows: plans.map((plan) => [
      plan.precision,
      plan.G === undefined ? '' : String(plan.G),
      compactCount(plan.N),
      compactCount(plan.D),
      plan.loss.toFixed(4),
      plan.delta.toFixed(4),
      plan.effectiveParameters.toFixed(3),
      compactCount(plan.trainingFlops),
      bytesText(plan.weightBytes),
      compactCount(plan.inferenceFlops),
      plan.extrapolates.join(' '),
    ]),
  };
}
