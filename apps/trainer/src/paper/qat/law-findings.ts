import {
  compactCount,
  diagnoseFit,
  fitFigures,
  fitLaw,
  leaveOneSizeOut,
  qat,
  qatDelta,
  qatDeltaConstants,
} from '@nibble-ml/scaling-law';
import type { FitOptions, FitResult, FittedParameter, ScalingRecord } from '@nibble-ml/scaling-law';
import { markdownTable } from '../markdown.ts';
import { errorCells } from './error-cells.ts';
import type { QatCell } from './error-cells.ts';
import { seedNoise } from './seed-noise.ts';
import { mean } from '../stats/sample-moments.ts';
import { numberInWords, percentInWords } from '../words.ts';
import { orUndetermined } from './or-undetermined.ts';
import { fitRivals, rivalTable } from './rivals.ts';

/** Errors of small models are not large beside their noise, and some are negative: see `logOf`. */
const OPTIONS: FitOptions = { logOf: 'loss' };

const MEANINGS = {
  k: 'coefficient',
  gammaN: 'γN, fall with size',
  gammaD: 'γD, growth with tokens',
  gammaG: 'γG, growth with group size',
};

/** What a fit to the grid says. */
export interface LawFindings {
  /** In a sentence. */
  readonly result: string;
  /** Paragraphs, tables and pictures. */
  readonly body: readonly string[];
  /** SVG by name. */
  readonly figures: Readonly<Record<string, string>>;
}

/**
 * Fits the law and its rivals to runs and their f32 twins. Of a rival that the runs do not determine it says so.
 *
 * @param linkOf - File of a figure and what it is called.
 * @throws UnidentifiableError when the runs do not determine the law itself
 */
export function lawFindings(
  records: readonly ScalingRecord[],
  linkOf: (figure: string) => { readonly file: string; readonly title: string },
): LawFindings {
  const fit = fitLaw(qatDelta, records, OPTIONS);
  const unified = orUndetermined<FitResult | string>(
    () => fitLaw(qat, records),
    (reason) => reason,
  );
  const rivals = fitRivals(fit, records, OPTIONS);
  const prior = rivals.find(({ law }) => law === 'prior-delta')!.found;
  const figures = fitFigures(fit, diagnoseFit(fit, records, OPTIONS));
  const signs = (['gammaN', 'gammaD', 'gammaG'] as const).map(
    (name) => `${MEANINGS[name].split(',')[0]} ${inWords(fit.parameters[name]!)}`,
  );
  const cells = errorCells(records);
  const errors = cells.flatMap((cell) => Array.from(cell.errors.values()));
  return {
    figures,
    result: [
      `${signs.join(', ')} (the paper: 0.22, 0.07, 0.78).`,
      `Relative error on δ ${percentInWords(fit.relativeErrorOnDelta)} (the paper: 4.7 %), of the prior form ${typeof prior === 'string' ? 'not determined by these runs' : percentInWords(prior.fit.relativeErrorOnDelta)} (8.5 %).`,
      ...fit.warnings.map((warning) => `But ${warning}.`),
    ].join(' '),
    body: [
      markdownTable(
        ['parameter', 'the paper, W4A4', 'here', 'here, fitted together with the f32 runs'],
        Object.entries(MEANINGS).map(([name, meaning]) => [
          meaning,
          String(qatDeltaConstants.w4a4[name as keyof typeof MEANINGS]),
          inWords(fit.parameters[name]!),
          typeof unified === 'string' ? '' : inWords(unified.parameters[name]!),
        ]),
      ),
      `Value [95 % interval]: BCa bootstrap of ${fit.bootstrap.resamples} resamples; runs that share an f32 twin are drawn together, in the last column with it. Fitted to the logarithm of the loss with the twin's loss given (\`nibble fit --log-of loss\`); the last column is law \`qat\`, with a Chinchilla term for the f32 runs. k depends on the units of the others and is not comparable.`,
      ...(typeof unified === 'string' ? [`The last column is empty: ${unified}.`] : []),
      `Errors are ${numberInWords(mean(errors), 4)} nats in the mean, from ${numberInWords(Math.min(...errors), 4)} to ${numberInWords(Math.max(...errors), 4)}; ${errors.filter((error) => error <= 0).length} of ${errors.length} are not positive. ${noiseInWords(cells)}`,
      `![${linkOf('inputs').title}](${linkOf('inputs').file})`,
      'Laws on the same errors:',
      ...rivalTable(rivals),
      'Each size predicted from the others:',
      markdownTable(
        ['size left out', 'runs', 'relative error on δ', 'relative error on the loss'],
        leaveOneSizeOut(fit, records, OPTIONS).map(
          ({ N, points, relativeErrorOnDelta, relativeErrorOnLoss, undetermined }) => [
            compactCount(N),
            String(points),
            undetermined === undefined
              ? percentInWords(relativeErrorOnDelta)
              : 'the rest does not determine the law',
            undetermined === undefined ? percentInWords(relativeErrorOnLoss) : '',
          ],
        ),
      ),
      `![Fitted against observed, and residuals](${linkOf('fit').file})`,
      `![Lines of equal error](${linkOf('contours').file})`,
      ...(typeof unified === 'string' ? [] : unified.warnings).map(
        (warning) => `Note on law \`qat\`: ${warning}.`,
      ),
    ],
  };
}

/** Of the sizes that have several seeds: what another seed does to an error, and so to the miss of a law. */
function noiseInWords(cells: readonly QatCell[]): string {
  const noise = seedNoise(cells);
  if (noise === null) return 'No size has a second seed, so that the noise of an error is not known.';
  const seedsOf = (N: number): number =>
    new Set(cells.flatMap((cell) => (cell.N === N ? [cell.seed] : []))).size;
  const sizes = [...new Set(cells.map(({ N }) => N))].filter((N) => seedsOf(N) > 1);
  const errors = cells.flatMap(({ N, errors: own }) => (sizes.includes(N) ? [...own.values()] : []));
  const miss = (noise * Math.sqrt(2 / Math.PI)) / mean(errors);
  return `Another seed moves an error by a standard deviation of ${numberInWords(noise, 4)} (${sizes.map((N) => compactCount(N)).join(' and ')}, which have several): if that is normal noise, a law that is exactly right misses there by ${percentInWords(miss)} of the mean error.`;
}

function inWords({ value, low, high }: FittedParameter): string {
  return `${short(value)} [${short(low!)}, ${short(high!)}]`;
}

const short = (value: number): string => {
  const text =
    Math.abs(value) >= 1e4 || Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(3);
  return text.replace('-', '−');
};
