import { barPanel } from '../../report/bar-chart.ts';
import { chartSvg } from '../../report/chart-svg.ts';
import type { QatExperiment } from '../experiment.ts';
import { markdownTable } from '../markdown.ts';
import type { ExperimentFiles, PaperContext } from '../paper-context.ts';
import { qatCsv } from './grid-csv.ts';
import { errorCells, errorOf } from './error-cells.ts';
import type { QatCell } from './error-cells.ts';
import { readQatRuns } from './grid-runs.ts';
import { groupInWords, qatSection } from './grid-section.ts';
import { groupRecipe } from './grid-settings.ts';
import { meanInterval, ratioInterval } from '../stats/intervals.ts';
import type { Interval } from '../stats/intervals.ts';
import { mean } from '../stats/sample-moments.ts';
import { intervalInWords, numberInWords } from '../words.ts';

/** The errors of one cell and group size. */
interface Parts {
  readonly N: number;
  readonly D: number;
  readonly both: number;
  readonly weights: number;
  readonly activations: number;
}

/** Takes the error of W4A4 apart into that of W4A16 and that of W16A4. */
export function runQatParts(experiment: QatExperiment, context: PaperContext): ExperimentFiles {
  const { id, title } = experiment;
  const runs = readQatRuns(experiment, context);
  const cells = errorCells(runs.map(({ record }) => record));
  const groups = context.qat.fewGroups.map((group) => {
    const parts = cells.map((cell) => partsOf(cell, groupRecipe('int4', group)));
    return { group, parts };
  });
  // The group sizes of a cell share its f32 twin and its seed, and so their noise: one mean for each cell.
  const all = cells.map((_, i) => meanParts(groups.map(({ parts }) => parts[i]!)));
  const [sumRule, ratio] = [sumRuleOf(all), ratioOf(all)];
  return {
    files: {
      [`${id}.csv`]: qatCsv(runs, experiment, context),
      [`${id}.svg`]: chartSvg(title, [
        barPanel({
          title: 'Error of INT4 in both operands, in weights and in activations',
          unit: 'nats per token, mean',
          width: 720,
          nameWidth: 330,
          bars: groups.flatMap(({ group, parts }) =>
            (['both', 'weights', 'activations'] as const).map((part, color) => {
              const value = mean(parts.map((each) => each[part]));
              return {
                name: `${NAMES[part]}, ${groupInWords(group)}`,
                value,
                color,
                text: numberInWords(value, 4),
              };
            }),
          ),
        }),
      ]),
      [`${id}.md`]: qatSection(experiment, context, runs, {
        result: `W4A4 costs ${intervalInWords(sumRule, 2)} of what W4A16 and W16A4 cost together (the paper: 0.906). Activations cost ${intervalInWords(excessOf(all), 4, true)} nats more than weights: R, the ratio, is ${intervalInWords(ratio, 2)} (the paper: above 1, 1.2 to 1.7).`,
        body: [
          markdownTable(
            [
              '',
              'W4A4',
              'W4A16 (weights)',
              'W16A4 (activations)',
              'activations above weights',
              'W4A4 / sum',
              'R',
            ],
            groups
              .map(({ group, parts }) => tableRow(groupInWords(group), parts))
              .concat([tableRow('all, averaged within a combination', all)]),
          ),
          `Means over ${cells.length} combinations of size, token budget and seed; ratios are of means. In brackets 95 % confidence intervals: of differences by Student's t, of ratios after Fieller, which do not bound a ratio whose denominator cannot be told from zero.`,
          `![${title}](${id}.svg)`,
          'By tokens per parameter, which the paper says R falls with; group sizes averaged within a combination:',
          markdownTable(
            [
              'tokens per parameter',
              'combinations',
              'weights',
              'activations',
              'activations above weights',
              'R',
            ],
            inThree(all).map((parts) => [
              rangeOf(parts.map(({ N, D }) => D / N)),
              String(parts.length),
              meanOf(parts, 'weights'),
              meanOf(parts, 'activations'),
              intervalInWords(excessOf(parts), 4, true),
              intervalInWords(ratioOf(parts), 2),
            ]),
          ),
        ],
      }),
    },
  };
}

function tableRow(name: string, parts: readonly Parts[]): string[] {
  const means = (['both', 'weights', 'activations'] as const).map((part) => meanOf(parts, part));
  return [name].concat(
    means,
    intervalInWords(excessOf(parts), 4, true),
    intervalInWords(sumRuleOf(parts), 2),
    intervalInWords(ratioOf(parts), 2),
  );
}

const meanOf = (parts: readonly Parts[], part: 'both' | 'weights' | 'activations'): string =>
  numberInWords(mean(parts.map((each) => each[part])), 4);

const NAMES = { both: 'W4A4', weights: 'W4A16', activations: 'W16A4' } as const;

function partsOf(cell: QatCell, recipe: string): Parts {
  return {
    N: cell.N,
    D: cell.D,
    both: errorOf(cell, recipe),
    weights: errorOf(cell, `${recipe}-w4a16`),
    activations: errorOf(cell, `${recipe}-w16a4`),
  };
}

function meanParts(parts: readonly Parts[]): Parts {
  const of = (part: 'both' | 'weights' | 'activations'): number => mean(parts.map((each) => each[part]));
  const { N, D } = parts[0]!;
  return { N, D, both: of('both'), weights: of('weights'), activations: of('activations') };
}

function sumRuleOf(parts: readonly Parts[]): Interval {
  return ratioInterval(
    parts.map(({ both }) => both),
    parts.map(({ weights, activations }) => weights + activations),
  );
}

function ratioOf(parts: readonly Parts[]): Interval {
  return ratioInterval(
    parts.map(({ activations }) => activations),
    parts.map(({ weights }) => weights),
  );
}

/** What activations cost more than weights, nats per token. */
function excessOf(parts: readonly Parts[]): Interval {
  return meanInterval(parts.map(({ activations, weights }) => activations - weights));
}

/** Three like parts by tokens per parameter. */
function inThree(parts: readonly Parts[]): Parts[][] {
  const sorted = parts.toSorted((a, b) => a.D / a.N - b.D / b.N);
  const at = (third: number): number => Math.round((third * sorted.length) / 3);
  return [0, 1, 2].map((third) => sorted.slice(at(third), at(third + 1)));
}

/** `0.2 to 0.5` of rising values. */
function rangeOf(values: readonly number[]): string {
  return `${numberInWords(values[0]!, 1)} to ${numberInWords(values.at(-1)!, 1)}`;
}
