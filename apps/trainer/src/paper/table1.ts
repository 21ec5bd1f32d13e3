import { chartSvg } from '../report/chart-svg.ts';
import { barPanel } from '../report/bar-chart.ts';
import { captureOperands } from './capture-operands.ts';
import type { LayerOperands } from './capture-operands.ts';
import { activationFidelity } from './clamp-and-quantize.ts';
import type { ActivationFidelity, ActivationHandling, Share } from './clamp-and-quantize.ts';
import { toCsv } from '../many-runs/csv.ts';
import type { CsvRow } from '../many-runs/csv.ts';
import type { OperandExperiment } from './experiment.ts';
import type { ExperimentFiles, PaperContext } from './paper-context.ts';
import { operandPlans } from './operand-plans.ts';
import { provenanceOf } from './provenance.ts';
import type { Provenance } from './provenance.ts';
import { readRunResult } from './run-result.ts';
import { mean, standardDeviation } from './stats/sample-moments.ts';
import { table1Rows } from './table1-rows.ts';
import type { MeasuredRow } from './table1-rows.ts';
import { table1Section } from './table1-section.ts';
import { numberInWords } from './words.ts';

/** Measures table 1 on the activations of all quantized linear layers of models trained here. */
export async function runTable1(
  experiment: OperandExperiment,
  context: PaperContext,
): Promise<ExperimentFiles> {
  const { id, title } = experiment;
  const csv: CsvRow[] = [];
  const measured = (['token', 'tensor'] as const).flatMap((share) =>
    table1Rows.map((row) => ({ row, share, bySeed: [] as ActivationFidelity[] })),
  );
  for (const plan of operandPlans(experiment, context)) {
    const operands = await captureOperands(plan);
    const provenance = provenanceOf(readRunResult(plan), context, experiment);
    for (const { row, share, bySeed } of measured) {
      const handling: ActivationHandling = { ...row, share };
      const layers = operands.map(({ activations }) => activationFidelity(activations, handling));
      bySeed.push(meanFidelity(layers));
      csv.push(...layers.map((fidelity, i) => csvRow(operands[i]!, handling, fidelity, provenance)));
    }
  }
  return {
    files: {
      [`${id}.csv`]: toCsv(csv),
      [`${id}.svg`]: chartSvg(
        title,
        (['tensor', 'token'] as const).map((share) => panelOf(measured, share)),
      ),
      [`${id}.md`]: table1Section(experiment, measured, context),
    },
  };
}

function meanFidelity(layers: readonly ActivationFidelity[]): ActivationFidelity {
  const of = (key: keyof ActivationFidelity): number => mean(layers.map((layer) => layer[key]));
  return { cosine: of('cosine'), mse: of('mse'), snrDecibels: of('snrDecibels'), density: of('density') };
}

function csvRow(
  { role, block }: LayerOperands,
  { alpha, compensation, share }: ActivationHandling,
  fidelity: ActivationFidelity,
  provenance: Provenance,
): CsvRow {
  return { share, alpha, compensation: String(compensation), role, block, ...fidelity, ...provenance };
}

function panelOf(measured: readonly MeasuredRow[], share: Share): ReturnType<typeof barPanel> {
  return barPanel({
    title: `Signal-to-noise ratio, quantile and scale per ${share}`,
    unit: 'dB, mean over layers and seeds',
    width: 720,
    bars: measured
      .filter((one) => one.share === share)
      .map(({ row, bySeed }) => {
        const values = bySeed.map(({ snrDecibels }) => snrDecibels);
        const value = mean(values);
        const spread = standardDeviation(values);
        const paper = row.paper === null ? '' : `; paper ${row.paper.snr}`;
        return {
          name: row.label,
          value,
          color: row.alpha === null ? 1 : row.compensation ? 2 : 0,
          text: `${numberInWords(value, 2)}${paper}`,
          range: Number.isNaN(spread) ? undefined : ([value - spread, value + spread] as const),
        };
      }),
  });
}
