import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  comparisonTable,
  diagnosticsTable,
  fitFigures,
  isoflopTable,
  markdownReport,
  parameterTable,
  textTable,
  unfittedNotes,
  validationTable,
} from '@nibble-ml/scaling-law';
import type { ComparedLaw, FitResult, IsoflopBias, UnfittedLaw } from '@nibble-ml/scaling-law';
import pc from 'picocolors';
import { replaceFile } from '../run/durable-file.ts';
import type { FitOutcome } from './run-fit.ts';

/** A fit as `--json` prints it: all but the refits, of which there are thousands of numbers. */
export function fitJson({
  fit,
  comparison,
  validation,
  isoflop,
  isoflopBias,
  diagnostics,
}: FitOutcome): object {
  return {
    ...withoutReplicates(fit),
    ...(comparison === undefined ? {} : { comparison: comparison.map(withoutFit) }),
    ...(validation === undefined ? {} : { validation }),
    ...(isoflop === undefined ? {} : { isoflop, isoflopBias }),
    outliers: diagnostics.filter(({ isOutlier }) => isOutlier),
  };
}

function biasText({ trueSizeExponent, fittedSizeExponent, sizeRatios }: IsoflopBias): string {
  const ratios = sizeRatios.map(({ ratio }) => ratio);
  return (
    `bias of approach 2 on these runs, were the Chinchilla fit exact: exponent ${fittedSizeExponent.toFixed(4)} in place of ` +
    `${trueSizeExponent.toFixed(4)}, optimal sizes times ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`
  );
}

function withoutReplicates(fit: FitResult): object {
  return { ...fit, bootstrap: { ...fit.bootstrap, replicates: undefined } };
}

function withoutFit(compared: ComparedLaw | UnfittedLaw): object {
  return { ...compared, fit: undefined };
}

function section(title: string, text: string): string[] {
  return ['', pc.bold(title), text];
}

/** A fit for a terminal. */
export function fitText({
  fit,
  comparison,
  validation,
  isoflop,
  isoflopBias,
  diagnostics,
}: FitOutcome): string {
  const left = fit.definition.predicts === 'delta' ? 'delta' : 'L';
  const notable = diagnosticsTable(diagnostics);
  return [
    `${pc.bold(fit.law)} fitted to ${fit.points} runs in ${Math.round(fit.milliseconds)} ms`,
    pc.dim(`${left} = ${fit.definition.formula}`),
    '',
    textTable(parameterTable(fit)),
    '',
    `relative error on the loss  ${(100 * fit.relativeErrorOnLoss).toFixed(2)} %`,
    ...(fit.relativeErrorOnDelta === null
      ? []
      : [`relative error on delta     ${(100 * fit.relativeErrorOnDelta).toFixed(2)} %`]),
    ...(comparison === undefined
      ? []
      : section('Laws on the same runs', textTable(comparisonTable(comparison)))),
    ...(validation === undefined
      ? []
      : section('Each size predicted from the others', textTable(validationTable(validation)))),
    ...(notable.rows.length === 0 ? [] : section('Runs that stand out', textTable(notable))),
    ...(isoflop === undefined
      ? []
      : [
          ...section(
            `IsoFLOP: optimal size ∝ C^${isoflop.sizeExponent.toFixed(4)}`,
            textTable(isoflopTable(isoflop)),
          ),
          ...(isoflopBias === undefined ? [] : [biasText(isoflopBias)]),
          ...isoflop.warnings.map((warning) => pc.yellow(`note: ${warning}`)),
        ]),
    ...[...fit.warnings, ...unfittedNotes(comparison)].map((note) => pc.yellow(`note: ${note}`)),
  ].join('\n');
}

/**
 * Makes sure that a folder may be written into: it is new, empty or holds an earlier fit.
 *
 * @throws Error for any other folder or file
 */
export function requireFitFolder(dir: string): void {
  if (!existsSync(dir)) return;
  const names = readdirSync(dir);
  if (names.length === 0 || names.includes('fit.json')) return;
  throw new Error(
    `nibble fit: ${dir} must be a new folder or that of a fit, but it holds ${names[0]}; choose another`,
  );
}

/** Writes `fit.json` (with the refits), `report.md` and the figures; the names written. */
export function writeFit(dir: string, outcome: FitOutcome, data: string): string[] {
  const figures = fitFigures(outcome.fit, outcome.diagnostics, outcome.isoflop);
  const files = {
    'fit.json': `${JSON.stringify(outcome.fit)}\n`,
    'report.md': markdownReport({ ...outcome, figures: Object.keys(figures), data }),
    ...Object.fromEntries(Object.entries(figures).map(([name, svg]) => [`${name}.svg`, svg])),
  };
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) replaceFile(join(dir, name), text);
  return Object.keys(files);
}
