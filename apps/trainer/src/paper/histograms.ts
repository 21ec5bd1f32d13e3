import { absmax, cosineSimilarity, dequantize, kurtosis, quantize } from '@nibble-ml/fp4-format';
import type { ChartPanel } from '../report/chart-panel.ts';
import { chartSvg } from '../report/chart-svg.ts';
import { linePanel } from '../report/line-chart.ts';
import { captureOperands } from './capture-operands.ts';
import type { LayerOperands, Matrix } from './capture-operands.ts';
import { clampAndQuantize } from './clamp-and-quantize.ts';
import { toCsv } from '../many-runs/csv.ts';
import type { CsvRow } from '../many-runs/csv.ts';
import type { OperandExperiment } from './experiment.ts';
import { histogramOf } from './histogram.ts';
import { markdownTable } from './markdown.ts';
import { operandPlans } from './operand-plans.ts';
import type { ExperimentFiles, PaperContext } from './paper-context.ts';
import { describeSettings } from './paper-settings.ts';
import { provenanceOf } from './provenance.ts';
import type { Provenance } from './provenance.ts';
import { readRunResult } from './run-result.ts';
import { sectionOf } from './section.ts';
import { numberInWords } from './words.ts';

const ALPHA = 0.99;
const BINS = 81;

/** One distribution of one operand. */
interface Stage {
  readonly name: string;
  readonly values: Float32Array;
}

/** Draws the distributions of weights and activations before and after, for the model of the first seed. */
export async function runHistograms(
  experiment: OperandExperiment,
  context: PaperContext,
): Promise<ExperimentFiles> {
  const { id, title, recipe } = experiment;
  const plan = operandPlans(experiment, context)[0]!;
  const layers = await captureOperands(plan);
  const shown = layers.filter(({ block }) => block === middleBlock(layers));
  const provenance = provenanceOf(readRunResult(plan), context, experiment);
  const heaviest = byTails(layers)[0]!;
  const drawn = byTails(shown);
  return {
    files: {
      [`${id}.csv`]: toCsv(shown.flatMap((layer) => csvRows(layer, provenance))),
      [`${id}.svg`]: chartSvg(title, [drawn[0]!, drawn.at(-1)!].flatMap(panelsOf)),
      [`${id}.md`]: sectionOf(experiment, context, {
        result: `The activations with the heaviest tails are the inputs of ${heaviest.role} in block ${heaviest.block + 1}, with a kurtosis of ${numberInWords(kurtosis(heaviest.activations.values), 1)} (a normal distribution has 3).`,
        setup: `The operands of a model trained with \`${recipe}\`, seed ${plan.seed}: ${describeSettings(context.settings)}; text: ${context.text.name}; ${context.settings.batchSize} windows of the held-out part.`,
        body: [
          `Activations are clamped per token at α = ${ALPHA}, quantized to E2M1 with one scale per token, and compensated; weights are quantized with one scale per output channel. The CSV has the bins of block ${middleBlock(layers) + 1}, the picture its layers with the heaviest and the lightest tails.`,
          markdownTable(
            [
              'layer',
              'kurtosis of activations',
              'largest / root mean square',
              'cosine direct, %',
              'clamped, %',
              'compensated, %',
              'kurtosis of weights',
              'cosine of weights, %',
            ],
            layers.map(tableRow),
          ),
          `![${title}](${id}.svg)`,
          'What a scale per tensor costs, which figure 6d trains with: cosine similarity of a direct cast, in percent.',
          markdownTable(
            ['layer', 'weights, per channel', 'per tensor', 'activations, per token', 'per tensor'],
            layers.map(granularityRow),
          ),
        ],
      }),
    },
  };
}

/** Heaviest tails of the activations first. */
function byTails(layers: readonly LayerOperands[]): LayerOperands[] {
  return layers.toSorted((a, b) => kurtosis(b.activations.values) - kurtosis(a.activations.values));
}

const middleBlock = (layers: readonly LayerOperands[]): number =>
  Math.floor(Math.max(...layers.map(({ block }) => block)) / 2);

/** Activations and weights of a layer at each stage, the original first. */
function operandsOf({ activations, weights }: LayerOperands): { operand: string; stages: Stage[] }[] {
  const handle = (alpha: number | null, compensation: boolean): ReturnType<typeof clampAndQuantize> =>
    clampAndQuantize(activations, { alpha, compensation, share: 'token' });
  const clamped = handle(ALPHA, false);
  return [
    {
      operand: 'activations',
      stages: [
        { name: 'before', values: activations.values },
        { name: 'clamped', values: clamped.clamped },
        { name: 'E2M1, direct', values: handle(null, false).result },
        { name: 'E2M1, clamped', values: clamped.result },
        { name: 'E2M1, clamped and compensated', values: handle(ALPHA, true).result },
      ],
    },
    {
      operand: 'weights',
      stages: [
        { name: 'before', values: weights.values },
        { name: 'E2M1', values: quantizedRows(weights) },
      ],
    },
  ];
}

function quantizedRows({ values, rows, cols }: Matrix): Float32Array {
  return dequantize(quantize(values, rows, cols, { granularity: 'vector' }));
}

function quantizedTensor({ values, rows, cols }: Matrix): Float32Array {
  return dequantize(quantize(values, rows, cols, { granularity: 'tensor' }));
}

/** The bins that are not empty. */
function csvRows(layer: LayerOperands, provenance: Provenance): CsvRow[] {
  const { role, block } = layer;
  const rows: CsvRow[] = [];
  for (const { operand, stages } of operandsOf(layer)) {
    for (const { name: stage, values } of stages) {
      const { centers, counts } = histogramOf(values, reachOf(stages), BINS);
      for (const [bin, count] of counts.entries()) {
        if (count === 0) continue;
        const value = Number(centers[bin]!.toPrecision(6));
        rows.push({ role, block, operand, stage, value, count, ...provenance });
      }
    }
  }
  return rows;
}

/** All stages share the bins of the first. */
const reachOf = ([before]: readonly Stage[]): number => absmax(before!.values) || 1;

/** Stages that are drawn together, the last on top. */
const PANELS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  activations: [
    ['E2M1, direct', 'before'],
    ['E2M1, clamped', 'E2M1, clamped and compensated', 'before'],
  ],
  weights: [['E2M1', 'before']],
};

/** The panels of a layer; empty bins are drawn at half a count. */
function panelsOf(layer: LayerOperands): ChartPanel[] {
  return operandsOf(layer).flatMap(({ operand, stages }) =>
    PANELS[operand]!.map((names) =>
      linePanel({
        title: `${operand} of ${layer.role}`,
        unit: 'share of the values in a bin',
        xLabel: 'value',
        yScale: 'log',
        width: 720,
        height: 220,
        series: names.map((name) => {
          const color = stages.findIndex((stage) => stage.name === name);
          const { values } = stages[color]!;
          const { centers, counts } = histogramOf(values, reachOf(stages), BINS);
          const points = centers.map(
            (center, bin) => [center, Math.max(0.5, counts[bin]!) / values.length] as const,
          );
          return { name, points, color, mark: 'line' };
        }),
      }),
    ),
  );
}

function tableRow(layer: LayerOperands): string[] {
  const { role, block, activations, weights } = layer;
  const [original, , direct, clamped, compensated] = operandsOf(layer)[0]!.stages;
  return [
    `${role} ${block + 1}`,
    numberInWords(kurtosis(activations.values), 1),
    numberInWords(absmax(activations.values) / rootMeanSquare(activations.values), 1),
    cosinePercent(original!.values, direct!.values),
    cosinePercent(original!.values, clamped!.values),
    cosinePercent(original!.values, compensated!.values),
    numberInWords(kurtosis(weights.values), 1),
    cosinePercent(weights.values, quantizedRows(weights)),
  ];
}

function granularityRow({ role, block, activations, weights }: LayerOperands): string[] {
  return [`${role} ${block + 1}`].concat(
    [weights, activations].flatMap((operand) =>
      [quantizedRows(operand), quantizedTensor(operand)].map((rounded) =>
        cosinePercent(operand.values, rounded),
      ),
    ),
  );
}

const cosinePercent = (x: Float32Array, y: Float32Array): string =>
  numberInWords(100 * cosineSimilarity(x, y), 2);

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
