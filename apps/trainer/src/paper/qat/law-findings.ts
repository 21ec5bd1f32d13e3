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
import type { QatCell } from './error-cells.ts';
import { seedNoise } from './seed-noise.ts';
import { mean } from '../stats/sample-moments.ts';
import { numberInWords } from '../words.ts';
import { orUndetermined } from './or-undetermined.ts';

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
  const rivals = RIVALS.map(({ law, label, paper }): Rival => ({
    law,
    label,
    paper,
    found: rivalOf(law, fit, records),
  }));
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
      `Relative error on δ ${percent(fit.relativeErrorOnDelta)} (the paper: 4.7 %), of the prior form ${typeof prior === 'string' ? 'not determined by these runs' : percent(prior.fit.relativeErrorOnDelta)} (8.5 %).`,
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
      markdownTable(
        [
          'law',
          'parameters',
          'relative error on δ',
          'the paper',
          'mean miss over mean error',
          'relative error on the loss',
          'AICc above the best',
        ],
        rivalRows(rivals, mean(errors)),
      ),
      `The relative error leaves out runs whose error is not positive, as they have none, and counts most where an error is nearly zero; the mean miss over the mean error has all runs. The prior form has ${PRIOR_LEVELS}.`,
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
      ...(typeof unified === 'string' ? [] : unified.warnings).map(
        (warning) => `Note on law \`qat\`: ${warning}.`,
      ),
    ],
  };
}

const PRIOR_LEVELS =
  'one constant for each group size, and one for a scale per token and channel, whatever the length of a row';

/** A law beside others, or why the runs do not determine it. */
interface Rival {
  readonly law: string;
  readonly label: string;
  readonly paper: string;
  readonly found: FittedRival | string;
}

interface FittedRival {
  readonly fit: FitResult;
  /** Mean of `|predicted − observed|` of the errors, nats per token. */
  readonly miss: number;
}

function rivalOf(law: string, ours: FitResult, records: readonly ScalingRecord[]): FittedRival | string {
  return orUndetermined<FittedRival | string>(
    () => {
      const runs = law === 'prior-delta' ? withOneChannelLevel(records) : records;
      const fit = law === ours.law ? ours : fitLaw(lawNamed(law, runs), runs, QUICKLY);
      const misses = diagnoseFit(fit, runs, OPTIONS).map(({ predicted, observed }) =>
        Math.abs(predicted - observed),
      );
      return { fit, miss: mean(misses) };
    },
    (reason) => reason,
  );
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

function rivalRows(rivals: readonly Rival[], meanError: number): string[][] {
  const fitted = rivals.flatMap(({ found }) => (typeof found === 'string' ? [] : [found]));
  const least = Math.min(...fitted.map(({ fit }) => fit.informationCriteria.aicc));
  return rivals.map(({ law, label, paper, found }) => {
    const name = `\`${law}\`: ${label}`;
    if (typeof found === 'string') return [name, '', 'not determined', paper, '', '', ''];
    const { fit, miss } = found;
    return [
      name,
      String(Object.keys(fit.parameters).length),
      percent(fit.relativeErrorOnDelta),
      paper,
      percent(miss / meanError),
      percent(fit.relativeErrorOnLoss),
      numberInWords(fit.informationCriteria.aicc - least, 1),
    ];
  });
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
  return `Another seed moves an error by a standard deviation of ${numberInWords(noise, 4)} (${sizes.map((N) => compactCount(N)).join(' and ')}, which have several): if that is normal noise, a law that is exactly right misses there by ${percent(miss)} of the mean error.`;
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
