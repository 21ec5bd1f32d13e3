import { findModel } from '@nibble-ml/llama';
import type { ActivationFidelity, Share } from './clamp-and-quantize.ts';
import type { OperandExperiment } from './experiment.ts';
import { markdownTable } from './markdown.ts';
import type { PaperContext } from './paper-context.ts';
import { describeSettings } from './paper-settings.ts';
import { sectionOf } from './section.ts';
import { mean, standardDeviation } from './stats/sample-moments.ts';
import type { MeasuredRow } from './table1-rows.ts';
import { numberInWords } from './words.ts';

/** How far the measured density may be from 2(1 − α), as a share of it. */
const DENSITY_TOLERANCE = 0.1;

/** The Markdown section of table 1. */
export function table1Section(
  experiment: OperandExperiment,
  measured: readonly MeasuredRow[],
  context: PaperContext,
): string {
  const { settings, text } = context;
  const { dim, ffnDim } = findModel(settings.model);
  const of = (share: Share): MeasuredRow[] => measured.filter((one) => one.share === share);
  const orders = (['tensor', 'token'] as const).map((share) => ({ share, order: orderOf(of(share)) }));
  return sectionOf(experiment, context, {
    result: `The paper's order of rows holds ${orders.map(({ share, order }) => `in ${order.holds} of ${order.total} columns and seeds with quantile and scale per ${share}`).join(', ')}.`,
    setup: `The inputs of all linear layers inside the blocks of models trained with \`${experiment.recipe}\`: ${describeSettings(settings)}; text: ${text.name}; ${settings.batchSize} windows of the held-out part.`,
    body: [
      'The paper does not say whether its quantiles and scales are per token or per tensor, nor how its SNR is defined; here it is 10 log₁₀(Σx² / Σ(x − y)²). Each figure is the mean over layers, then over seeds, ± the standard deviation over seeds.',
      '## Quantile and scale per tensor',
      tableOf(of('tensor')),
      '## Quantile and scale per token, as recipes train',
      tableOf(of('token')),
      `A quantile is an element of the row (rank ⌊αn⌋), so a row of n elements loses ⌊(1 − α)n⌋ on either side: the rows here have ${dim} or ${ffnDim} elements, and where n is not far above 1/(1 − α) the density falls short of 2(1 − α), down to nothing below it.`,
      `![${experiment.title}](${experiment.id}.svg)`,
    ],
  });
}

function tableOf(rows: readonly MeasuredRow[]): string {
  return markdownTable(
    [
      '',
      'cosine, %',
      'paper',
      'MSE',
      'paper',
      'SNR, dB',
      'paper',
      'density, %',
      '2(1 − α), %',
      'within 10 %',
    ],
    rows.map(({ row, bySeed }) => {
      const spread = (key: keyof ActivationFidelity, digits: number, factor = 1): string => {
        const values = bySeed.map((fidelity) => factor * fidelity[key]);
        const deviation = standardDeviation(values);
        const around = Number.isNaN(deviation) ? '' : ` ± ${numberInWords(deviation, digits)}`;
        return `${numberInWords(mean(values), digits)}${around}`;
      };
      const expected = row.alpha === null ? null : 2 * (1 - row.alpha);
      const density = mean(bySeed.map((fidelity) => fidelity.density));
      return [
        row.label,
        spread('cosine', 2, 100),
        row.paper === null ? '' : numberInWords(100 * row.paper.cosine, 2),
        spread('mse', 4),
        row.paper === null ? '' : String(row.paper.mse),
        spread('snrDecibels', 2),
        row.paper === null ? '' : String(row.paper.snr),
        expected === null ? '' : numberInWords(100 * density, 2),
        expected === null ? '' : numberInWords(100 * expected, 1),
        expected === null ? '' : Math.abs(density / expected - 1) <= DENSITY_TOLERANCE ? 'yes' : 'no',
      ];
    }),
  );
}

/** In how many columns and seeds the rows that the paper prints have its order. */
function orderOf(rows: readonly MeasuredRow[]): { holds: number; total: number } {
  const printed = rows.filter(({ row }) => row.paper !== null);
  const columns: readonly ((fidelity: ActivationFidelity) => number)[] = [
    ({ cosine }) => cosine,
    ({ mse }) => -mse,
    ({ snrDecibels }) => snrDecibels,
  ];
  const verdicts = columns.flatMap((column) =>
    printed[0]!.bySeed.map((_, seed) =>
      printed.every(
        ({ bySeed }, i) => i === 0 || column(bySeed[seed]!) > column(printed[i - 1]!.bySeed[seed]!),
      ),
    ),
  );
  return { holds: verdicts.filter(Boolean).length, total: verdicts.length };
}
