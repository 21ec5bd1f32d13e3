import { kurtosis } from '@nibble-ml/fp4-format';
import { barPanel } from '../../report/bar-chart.ts';
import { chartSvg } from '../../report/chart-svg.ts';
import { captureOperands } from '../capture-operands.ts';
import type { LayerOperands } from '../capture-operands.ts';
import type { QatExperiment } from '../experiment.ts';
import { markdownTable } from '../markdown.ts';
import type { ExperimentFiles, PaperContext } from '../paper-context.ts';
import { qatCsv } from './grid-csv.ts';
import { errorCells, errorOf } from './error-cells.ts';
import type { QatCell } from './error-cells.ts';
import { readQatRuns } from './grid-runs.ts';
import type { QatRun } from './grid-runs.ts';
import { groupInWords, qatSection } from './grid-section.ts';
import { groupRecipe } from './grid-settings.ts';
import { ratioInterval } from '../stats/intervals.ts';
import type { Interval } from '../stats/intervals.ts';
import { mean } from '../stats/sample-moments.ts';
import { intervalInWords, numberInWords } from '../words.ts';

/** Kurtosis of the inputs of one layer in one model. */
interface LayerKurtosis {
  readonly layer: string;
  readonly value: number;
}

/** What 8 bits for the input of FC2 gain, and the kurtosis of the inputs of all layers. */
export async function runQatFc2(experiment: QatExperiment, context: PaperContext): Promise<ExperimentFiles> {
  const { id, title } = experiment;
  const runs = readQatRuns(experiment, context);
  const cells = errorCells(runs.map(({ record }) => record));
  const gains = context.qat.fewGroups.map((group) => {
    const recipe = groupRecipe('int4', group);
    const of = (suffix: string) => (cell: QatCell) => errorOf(cell, `${recipe}${suffix}`);
    const [narrow, wide] = [cells.map(of('')), cells.map(of('-fc2a8'))];
    const saved = narrow.map((error, i) => error - wide[i]!);
    return { group, narrow: mean(narrow), wide: mean(wide), gain: ratioInterval(saved, narrow) };
  });
  const models = await kurtosisOfLargest(runs, [
    'f32',
    ...context.qat.fewGroups.map((group) => groupRecipe('int4', group)),
  ]);
  const [reference] = models;
  return {
    files: {
      [`${id}.csv`]: qatCsv(runs, experiment, context),
      [`${id}.svg`]: chartSvg(
        title,
        models.map(({ recipe, layers }, color) =>
          barPanel({
            title: `Kurtosis of the inputs of each layer, ${recipe}`,
            unit: 'a normal distribution has 3',
            width: 720,
            bars: layers.map(({ layer, value }) => ({
              name: layer,
              value,
              color,
              text: numberInWords(value, 1),
            })),
          }),
        ),
      ),
      [`${id}.md`]: qatSection(experiment, context, runs, {
        result: `The inputs of FC2 have a kurtosis of up to ${numberInWords(heaviest(reference!.layers, true), 0)} in f32 and those of other layers of up to ${numberInWords(heaviest(reference!.layers, false), 0)} (the paper: 123, and far lower). 8 bits for them cut the error of W4A4 by ${gains.map(({ group, gain }) => percentOrNone(group, gain)).join(', ')} (the paper: 20.5 % at 32, 42.9 % at 256).`,
        body: [
          markdownTable(
            ['', 'error of W4A4', 'with FC2 inputs in 8 bits', 'cut by, share'],
            gains.map(({ group, narrow, wide, gain }) => [
              groupInWords(group),
              numberInWords(narrow, 4),
              numberInWords(wide, 4),
              gain.range === null ? 'not determined' : intervalInWords(gain, 2),
            ]),
          ),
          `Means over ${cells.length} combinations of size, token budget and seed; shares are of means, with 95 % confidence intervals after Fieller.`,
          `Kurtosis of the inputs of the largest model after the most tokens, over ${context.qat.batchSize} windows of the held-out part:`,
          markdownTable(
            ['layer', ...models.map(({ recipe }) => `\`${recipe}\``)],
            reference!.layers.map(({ layer }, i) =>
              [layer].concat(models.map(({ layers }) => numberInWords(layers[i]!.value, 1))),
            ),
          ),
          `![${title}](${id}.svg)`,
        ],
      }),
    },
  };
}

/** The largest kurtosis among the inputs of FC2, or of all other layers. */
function heaviest(layers: readonly LayerKurtosis[], isFc2: boolean): number {
  const chosen = layers.filter(({ layer }) => layer.startsWith('fc2') === isFc2);
  return Math.max(...chosen.map(({ value }) => value));
}

/** Where an error cannot be told from zero there is no share of it. */
function percentOrNone(group: number | null, { estimate, range, count }: Interval): string {
  if (range === null) return `a share that these runs do not determine with ${groupInWords(group)}`;
  const share: Interval = {
    estimate: 100 * estimate,
    range: range && [100 * range[0], 100 * range[1]],
    count,
  };
  return `${intervalInWords(share, 1)} % with ${groupInWords(group)}`;
}

/** For each recipe, the layers of its largest model, trained on the most tokens with the first seed. */
async function kurtosisOfLargest(
  runs: readonly QatRun[],
  recipes: readonly string[],
): Promise<{ recipe: string; layers: LayerKurtosis[] }[]> {
  const N = Math.max(...runs.map(({ record }) => record.N));
  const D = Math.max(...runs.map(({ record }) => record.D));
  const largest = runs.filter(({ record }) => record.N === N && record.D === D);
  const models: { recipe: string; layers: LayerKurtosis[] }[] = [];
  for (const recipe of recipes) {
    const { plan } = largest.find(({ record }) => record.columns?.['recipe'] === recipe)!.result;
    models.push({ recipe, layers: (await captureOperands(plan)).map(kurtosisOf) });
  }
  return models;
}

const kurtosisOf = ({ role, block, activations }: LayerOperands): LayerKurtosis => ({
  layer: `${role} ${block + 1}`,
  value: kurtosis(activations.values),
});
