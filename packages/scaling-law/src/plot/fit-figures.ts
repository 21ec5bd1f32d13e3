import type { RunDiagnostics } from '../fit/diagnose-fit.ts';
import type { FitResult } from '../fit/fit-result.ts';
import type { IsoflopFit } from '../isoflop/isoflop-fit.ts';
import { contourChart } from './contour-chart.ts';
import { figure } from './figure.ts';
import { agreementChart, inputChart, residualChart } from './fit-charts.ts';
import { isoflopCharts } from './isoflop-chart.ts';

/** SVG files by name. */
export type Figures = Readonly<Record<string, string>>;

/**
 * All figures of a fit, each an SVG file that stands by itself: `fit` (fitted against observed, residuals), `inputs`
 * (what was fitted against N, D and G), `contours`, and `isoflop` where there is one.
 */
export function fitFigures(
  fit: FitResult,
  diagnostics: readonly RunDiagnostics[],
  isoflop?: IsoflopFit,
): Figures {
  const records = diagnostics.map(({ record }) => record);
  const groups = [...new Set(records.flatMap(({ G }) => (G === undefined ? [] : [G])))].toSorted(
    (a, b) => a - b,
  );
  const inputs = (['N', 'D', 'G'] as const).flatMap((input) => inputChart(fit, diagnostics, input) ?? []);
  const { predicts } = fit.definition;
  const atGroups = groups.length === 0 ? [] : [...new Set([groups[0]!, groups.at(-1)!])];
  const contours =
    predicts === 'delta'
      ? atGroups.map((G) => contourChart(fit, records, G))
      : [contourChart(fit, records), ...atGroups.slice(0, 1).map((G) => contourChart(fit, records, G))];
  return {
    fit: figure(`${fit.law}: fit and residuals`, [
      agreementChart(fit, diagnostics),
      residualChart(fit, diagnostics),
    ]),
    ...(inputs.length === 0
      ? {}
      : { inputs: figure(`${fit.law}: ${predicts} against its inputs`, inputs, 3) }),
    contours: figure(`${fit.law}: contours`, contours),
    ...(isoflop === undefined ? {} : { isoflop: figure('isoFLOP curves', isoflopCharts(isoflop)) }),
  };
}
