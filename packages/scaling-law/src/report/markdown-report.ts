import type { ComparedLaw } from '../fit/compare-laws.ts';
import type { RunDiagnostics } from '../fit/diagnose-fit.ts';
import type { FitResult } from '../fit/fit-result.ts';
import type { HeldOutSize } from '../fit/leave-one-size-out.ts';
import type { IsoflopFit } from '../isoflop/isoflop-fit.ts';
import {
  comparisonTable,
  correlationTable,
  diagnosticsTable,
  isoflopTable,
  parameterTable,
  percent,
  validationTable,
} from './fit-tables.ts';
import { markdownTable } from './table.ts';
import { unfittedNotes } from './unfitted-law.ts';
import type { UnfittedLaw } from './unfitted-law.ts';

/** What a report tells. */
export interface ReportParts {
  /** The fit that is reported; its law is the heading. */
  readonly fit: FitResult;
  /** By `diagnoseFit`; those that stand out are listed. */
  readonly diagnostics: readonly RunDiagnostics[];
  /** By `leaveOneSizeOut`; left out, the report has no such section. */
  readonly validation?: readonly HeldOutSize[];
  /** By `compareLaws`, with the laws that could not be fitted; left out, the report has no such section. */
  readonly comparison?: readonly (ComparedLaw | UnfittedLaw)[];
  /** By `isoflopFit`; left out, the report has no such section. */
  readonly isoflop?: IsoflopFit;
  /** Names of the figures that lie beside the report as SVG files. */
  readonly figures?: readonly string[];
  /** Where the runs come from. */
  readonly data?: string;
}

const CAPTIONS: Readonly<Record<string, string>> = {
  fit: 'Fitted against observed, and residuals; rings are outliers',
  inputs: 'What was fitted against its inputs',
  contours: 'Lines of equal prediction',
  isoflop: 'IsoFLOP curves',
};

const BASELINES: Readonly<Record<FitResult['baseline'], string>> = {
  twins: 'the high-precision run of the same size and tokens',
  chinchilla: 'a Chinchilla fit to the high-precision runs, as twins are missing',
  joint: 'high-precision and quantized runs fitted together',
  none: 'none: high-precision runs alone',
};

/** A report in Markdown: the law, its parameters, what speaks for and against it, and the figures. */
export function markdownReport(parts: ReportParts): string {
  const { fit, diagnostics, validation, comparison, isoflop, figures = [], data } = parts;
  const notable = diagnosticsTable(diagnostics);
  const { definition, bootstrap } = fit;
  const left = definition.predicts === 'delta' ? 'delta' : 'L';
  const sections = [
    `# ${fit.law}`,
    `\`${left} = ${definition.formula}\` (${definition.source})`,
    markdownTable({
      head: ['', 'value'],
      rows: [
        ...(data === undefined ? [] : [['data', data]]),
        ['runs', String(fit.points)],
        ['precision', fit.precision ?? 'high'],
        ['baseline', BASELINES[fit.baseline]],
        ['relative error on delta', percent(fit.relativeErrorOnDelta)],
        ['relative error on the loss', percent(fit.relativeErrorOnLoss)],
        ['Huber delta', fit.huberDelta.toPrecision(4)],
        ['scale of the log residuals', fit.informationCriteria.scale.toPrecision(4)],
        [
          'spread of seeds (log loss)',
          fit.seedSpread?.logStandardDeviation.toPrecision(4) ?? 'no run is repeated',
        ],
        [
          'AICc, BIC',
          `${fit.informationCriteria.aicc.toFixed(1)}, ${fit.informationCriteria.bic.toFixed(1)}`,
        ],
        ['starts', `${fit.starts.count}, of which ${fit.starts.reachedBest} reached the optimum`],
        [
          'intervals',
          bootstrap.resamples === 0
            ? 'none'
            : `${bootstrap.intervals}, ${bootstrap.resamples} resamples of ${bootstrap.resampling}, seed ${bootstrap.seed}`,
        ],
      ],
    }),
    ...fit.warnings.map((warning) => `> Note: ${warning}.`),
    '## Parameters',
    markdownTable(parameterTable(fit)),
    '### Correlations',
    markdownTable(correlationTable(fit)),
    ...(comparison === undefined
      ? []
      : [
          '## Laws on the same runs',
          markdownTable(comparisonTable(comparison)),
          ...unfittedNotes(comparison).map((note) => `> Note: ${note}.`),
          'ΔAICc is given among laws fitted to the same quantity of the same runs; above 10 there is next to no support.',
        ]),
    ...(validation === undefined
      ? []
      : ['## Each size predicted from the others', markdownTable(validationTable(validation))]),
    '## Runs that stand out',
    notable.rows.length === 0
      ? 'No run lies more than 3.5 standard deviations off or decides the fit alone.'
      : markdownTable(notable),
    ...(isoflop === undefined
      ? []
      : [
          '## IsoFLOP (approach 2)',
          `Optimal size ∝ C^${isoflop.sizeExponent.toFixed(4)}, tokens ∝ C^${isoflop.tokenExponent.toFixed(4)}.`,
          markdownTable(isoflopTable(isoflop)),
          ...isoflop.warnings.map((warning) => `> Note: ${warning}.`),
        ]),
    ...figures.map((name) => `![${CAPTIONS[name] ?? name}](${name}.svg)`),
  ];
  return `${sections.join('\n\n')}\n`;
}
