import { diagnoseFit, fitLaw, lawNamed } from '@nibble-ml/scaling-law';
import type { FitOptions, FitResult, RunDiagnostics, ScalingRecord } from '@nibble-ml/scaling-law';
import { markdownTable } from '../markdown.ts';
import { mean } from '../stats/sample-moments.ts';
import { numberInWords, percentInWords } from '../words.ts';
import { orUndetermined } from './or-undetermined.ts';

/** The laws of the error that are compared, and the paper's mean relative errors for W4A4 (Tables 2 and 4). */
const RIVALS = [
  { law: 'qat-delta', label: 'k D^γD (log₂ G)^γG / N^γN', paper: '4.7 %' },
  { law: 'qat-delta-no-d', label: 'without tokens', paper: '8.6 %' },
  { law: 'prior-delta', label: 'prior form: one constant per group size', paper: '8.5 %' },
  { law: 'size-delta', label: 'a fall with size alone', paper: '' },
] as const;

/** A law beside others. */
export interface Rival {
  /** Its name. */
  readonly law: string;
  /** What it says. */
  readonly label: string;
  /** Its mean relative error on δ in the paper. */
  readonly paper: string;
  /** The fit, or why the runs do not determine it. */
  readonly found: FittedRival | string;
}

/** A law fitted to the errors. */
export interface FittedRival {
  /** What the fit found. */
  readonly fit: FitResult;
  /** Mean of `|predicted − observed|` over the mean error. */
  readonly miss: number;
  /** The same of errors that are means over seeds. */
  readonly missOfMeans: number;
}

/**
 * Fits the laws that the paper compares to the same errors, each or why the runs do not determine it.
 *
 * @param ours - The fit of `qat-delta`, which is one of them.
 * @param options - Those of that fit.
 */
export function fitRivals(ours: FitResult, records: readonly ScalingRecord[], options: FitOptions): Rival[] {
  return RIVALS.map(({ law, label, paper }) => ({
    law,
    label,
    paper,
    found: rivalOf(law, ours, records, options),
  }));
}

/** The rivals in a table, and what its columns are. */
export function rivalTable(rivals: readonly Rival[]): string[] {
  return [
    markdownTable(
      [
        'law',
        'parameters',
        'relative error on δ',
        'the paper',
        'mean miss over mean error',
        'with seeds averaged',
        'relative error on the loss',
        'AICc above the best',
      ],
      rivalRows(rivals),
    ),
    `The relative error leaves out runs whose error is not positive, as they have none, and counts most where an error is nearly zero; the mean miss over the mean error has all runs. With seeds averaged, errors are means over the seeds of a size, token budget and group size, which have less of the noise. The prior form has one constant for each group size, and one for a scale per token and channel, whatever the length of a row.`,
  ];
}

function rivalOf(
  law: string,
  ours: FitResult,
  records: readonly ScalingRecord[],
  options: FitOptions,
): FittedRival | string {
  return orUndetermined<FittedRival | string>(
    () => {
      const runs = law === 'prior-delta' ? withOneChannelLevel(records) : records;
      const fit = law === ours.law ? ours : fitLaw(lawNamed(law, runs), runs, { ...options, resamples: 0 });
      const found = diagnoseFit(fit, runs, options);
      return { fit, miss: missOf(found), missOfMeans: missOf(seedMeans(found)) };
    },
    (reason) => reason,
  );
}

/** An error, and what a law gives for it, nats per token. */
type FittedError = Pick<RunDiagnostics, 'observed' | 'predicted'>;

function missOf(errors: readonly FittedError[]): number {
  const misses = errors.map(({ observed, predicted }) => Math.abs(predicted - observed));
  return mean(misses) / mean(errors.map(({ observed }) => observed));
}

/** One error for each size, token budget and recipe: the mean over seeds. */
function seedMeans(runs: readonly RunDiagnostics[]): FittedError[] {
  const bySite = new Map<string, RunDiagnostics[]>();
  for (const run of runs) {
    const { N, D, columns } = run.record;
    const site = `${N}/${D}/${columns?.['recipe']}`;
    bySite.set(site, [...(bySite.get(site) ?? []), run]);
  }
  return Array.from(bySite.values(), (same) => ({
    observed: mean(same.map(({ observed }) => observed)),
    predicted: mean(same.map(({ predicted }) => predicted)),
  }));
}

/**
 * The group of a scale per channel is as long as a row, and so another at each size. A law with a constant for each group
 * size would have as many for it as there are sizes.
 */
function withOneChannelLevel(records: readonly ScalingRecord[]): ScalingRecord[] {
  const level = Math.max(...records.filter(isPerChannel).map(({ G }) => G!));
  return records.map((record) => (isPerChannel(record) ? Object.assign({}, record, { G: level }) : record));
}

const isPerChannel = ({ columns }: ScalingRecord): boolean =>
  columns?.['recipe']?.endsWith('-channel') === true;

function rivalRows(rivals: readonly Rival[]): string[][] {
  const fitted = rivals.flatMap(({ found }) => (typeof found === 'string' ? [] : [found]));
  const least = Math.min(...fitted.map(({ fit }) => fit.informationCriteria.aicc));
  return rivals.map(({ law, label, paper, found }) => {
    const name = `\`${law}\`: ${label}`;
    if (typeof found === 'string') return [name, '', 'not determined', paper, '', '', '', ''];
    const { fit, miss, missOfMeans } = found;
    return [
      name,
      String(Object.keys(fit.parameters).length),
      percentInWords(fit.relativeErrorOnDelta),
      paper,
      percentInWords(miss),
      percentInWords(missOfMeans),
      percentInWords(fit.relativeErrorOnLoss),
      numberInWords(fit.informationCriteria.aicc - least, 1),
    ];
  });
}
