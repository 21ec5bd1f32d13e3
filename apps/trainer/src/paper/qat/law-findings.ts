import {
  compactCount,
  diagnoseFit,
  fitFigures,
  fitLaw,
  lawNamed,
  leaveOneSizeOut,
  qat,
  qatDelta,
  qatDeltaConstants,
} from '@nibble-ml/scaling-law';
import type { FitOptions, FitResult, FittedParameter, ScalingRecord } from '@nibble-ml/scaling-law';
import { markdownTable } from '../markdown.ts';
import { errorCells } from './error-cells.ts';
import { seedNoise } from './seed-noise.ts';
import { mean } from '../stats/sample-moments.ts';
import { numberInWords } from '../words.ts';

/** Errors of small models are not large beside their noise, and some are negative: see `logOf`. */
const OPTIONS: FitOptions = { logOf: 'loss' };
const QUICKLY: FitOptions = { ...OPTIONS, resamples: 0 };

/** The laws of the error that are compared, and the paper's mean relative errors for W4A4 (Tables 2 and 4). */
const RIVALS = [
  { law: 'qat-delta', label: 'k D^γD (log₂ G)^γG / N^γN', paper: '4.7 %' },
  { law: 'qat-delta-no-d', label: 'without tokens', paper: '8.6 %' },
  { law: 'prior-delta', label: 'prior form: one constant per group size', paper: '8.5 %' },
  { law: 'size-delta', label: 'a fall with size alone', paper: '' },
] as const;

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
 * Fits the law and its rivals to runs and their f32 twins.
 *
 * @param linkOf - File of a figure and what it is called.
 * @throws UnidentifiableError when the runs do not determine the law
 */
export function lawFindings(
  records: readonly ScalingRecord[],
  linkOf: (figure: string) => { readonly file: string; readonly title: string },
): LawFindings {
  const fit = fitLaw(qatDelta, records, OPTIONS);
  const unified = fitLaw(qat, records);
  const rivals = RIVALS.map(({ law, label, paper }) => {
    const isOurs = law === qatDelta.name;
    return { law, label, paper, fit: isOurs ? fit : fitLaw(lawNamed(law, records), records, QUICKLY) };
  });
  const figures = fitFigures(fit, diagnoseFit(fit, records, OPTIONS));
  const signs = (['gammaN', 'gammaD', 'gammaG'] as const).map(
    (name) => `${MEANINGS[name].split(',')[0]} ${inWords(fit.parameters[name]!)}`,
  );
  const cells = errorCells(records);
  const errors = cells.flatMap((cell) => Array.from(cell.errors.values()));
  const noise = seedNoise(cells);
  return {
    figures,
    result: `${signs.join(', ')} (the paper: 0.22, 0.07, 0.78). Relative error on δ ${percent(fit.relativeErrorOnDelta)} (the paper: 4.7 %), of the prior form ${percent(rivals.find(({ law }) => law === 'prior-delta')!.fit.relativeErrorOnDelta)} (8.5 %).`,
    body: [
      markdownTable(
        ['parameter', 'the paper, W4A4', 'here', 'here, fitted together with the f32 runs'],
        Object.entries(MEANINGS).map(([name, meaning]) => [
          meaning,
          String(qatDeltaConstants.w4a4[name as keyof typeof MEANINGS]),
          inWords(fit.parameters[name]!),
          inWords(unified.parameters[name]!),
        ]),
      ),
      `Value [95 % interval]: BCa bootstrap of ${fit.bootstrap.resamples} resamples; runs that share an f32 twin are drawn together. Fitted to the logarithm of the loss with the twin's loss given (\`nibble fit --log-of loss\`); the last column is law \`${unified.law}\`, with a Chinchilla term for the f32 runs. k depends on the units of the others and is not comparable.`,
      `Errors are ${numberInWords(mean(errors), 4)} nats in the mean, from ${numberInWords(Math.min(...errors), 4)} to ${numberInWords(Math.max(...errors), 4)}; ${errors.filter((error) => error <= 0).length} of ${errors.length} are not positive. ${noiseInWords(noise, fit, records)}`,
      `![${linkOf('inputs').title}](${linkOf('inputs').file})`,
      'Laws on the same errors:',
      markdownTable(
        [
          'law',
          'parameters',
          'relative error on δ',
          'the paper',
          'relative error on the loss',
          'AICc above the best',
        ],
        rivalRows(rivals),
      ),
      'The relative error leaves out runs whose error is not positive, as they have none.',
      'Each size predicted from the others:',
      markdownTable(
        ['size left out', 'runs', 'relative error on δ', 'relative error on the loss'],
        leaveOneSizeOut(fit, records, OPTIONS).map(
          ({ N, points, relativeErrorOnDelta, relativeErrorOnLoss, undetermined }) => [
            compactCount(N),
            String(points),
            undetermined === undefined
              ? percent(relativeErrorOnDelta)
              : 'the rest does not determine the law',
            undetermined === undefined ? percent(relativeErrorOnLoss) : '',
          ],
        ),
      ),
      `![Fitted against observed, and residuals](${linkOf('fit').file})`,
      `![Lines of equal error](${linkOf('contours').file})`,
      ...[...fit.warnings, ...unified.warnings].map((warning) => `Note: ${warning}.`),
    ],
  };
}

interface FittedRival {
  readonly law: string;
  readonly label: string;
  readonly paper: string;
  readonly fit: FitResult;
}

function rivalRows(rivals: readonly FittedRival[]): string[][] {
  const least = Math.min(...rivals.map(({ fit }) => fit.informationCriteria.aicc));
  return rivals.map(({ law, label, paper, fit }) => [
    `\`${law}\`: ${label}`,
    String(Object.keys(fit.parameters).length),
    percent(fit.relativeErrorOnDelta),
    paper,
    percent(fit.relativeErrorOnLoss),
    numberInWords(fit.informationCriteria.aicc - least, 1),
  ]);
}

function noiseInWords(noise: number | null, fit: FitResult, records: readonly ScalingRecord[]): string {
  if (noise === null) return 'No size has a second seed, so that the noise of an error is not known.';
  const typical = mean(
    diagnoseFit(fit, records, OPTIONS).map(({ predicted }) => (noise * Math.sqrt(2 / Math.PI)) / predicted),
  );
  return `Another seed moves an error by a standard deviation of ${numberInWords(noise, 4)}: of normal noise of that size a law that is exactly right would have a relative error of ${percent(typical)}.`;
}

const percent = (share: number | null): string =>
  share === null ? 'none' : `${numberInWords(100 * share, 1)} %`;

function inWords({ value, low, high }: FittedParameter): string {
  return `${short(value)} [${short(low!)}, ${short(high!)}]`;
}

const short = (value: number): string => {
  const text =
    Math.abs(value) >= 1e4 || Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(3);
  return text.replace('-', '−');
};
