import { findModel, fp4Speedup } from '@nibble-ml/llama';
import type { Fp4Speedup } from '@nibble-ml/llama';
import { barPanel } from '../report/bar-chart.ts';
import { chartSvg } from '../report/chart-svg.ts';
import { versions } from '../training/versions.ts';
import { toCsv } from '../many-runs/csv.ts';
import type { ModelExperiment } from './experiment.ts';
import { markdownTable } from './markdown.ts';
import { commandOf } from './paper-context.ts';
import type { ExperimentFiles, PaperContext } from './paper-context.ts';
import { sectionOf } from './section.ts';
import { numberInWords } from './words.ts';

/** A case of the speed model. */
interface Case {
  readonly label: string;
  readonly gradientEstimator: boolean;
  readonly alpha: number;
  readonly compensation: 'stated' | 'printed';
  /** Speed-up as arXiv 2501.17116, appendix B, prints it for 7B. */
  readonly paper: string;
}

const stated = (alpha: number, paper = ''): Case => ({
  label: `DGE and OCC, α = ${alpha}`,
  gradientEstimator: true,
  alpha,
  compensation: 'stated',
  paper,
});

const cases: readonly Case[] = [
  { label: 'ideal', gradientEstimator: false, alpha: 1, compensation: 'stated', paper: '3.12' },
  { label: 'DGE', gradientEstimator: true, alpha: 1, compensation: 'stated', paper: '' },
  stated(0.999),
  stated(0.99, '2.95'),
  stated(0.97),
  {
    label: 'α = 0.99, formula as printed',
    gradientEstimator: true,
    alpha: 0.99,
    compensation: 'printed',
    paper: '',
  },
];

const MODELS = ['tiny', 'fp4-400m', 'fp4-1.3b', 'llama-2-7b', 'llama-2-13b'] as const;
const PAPER_MODEL = 'llama-2-7b';

function speedup(name: string, one: Case): Fp4Speedup {
  const { dim, context } = findModel(name);
  return fp4Speedup({ dim, context, ...one });
}

/** Evaluates the speed model of appendix B. */
export function runSpeedModel(experiment: ModelExperiment, context: PaperContext): ExperimentFiles {
  const { id, title } = experiment;
  const csv = MODELS.flatMap((name) =>
    cases.map((one) => ({
      model: name,
      width: findModel(name).dim,
      context: findModel(name).context,
      case: one.label,
      alpha: one.alpha,
      ...speedup(name, one),
      paper: name === PAPER_MODEL ? one.paper : '',
      version: versions()['nibble']!,
      command: commandOf(experiment, context),
    })),
  );
  const [ideal, both] = [speedup(PAPER_MODEL, cases[0]!), speedup(PAPER_MODEL, stated(0.99))];
  const printed = speedup(PAPER_MODEL, cases.at(-1)!);
  return {
    files: {
      [`${id}.csv`]: toCsv(csv),
      [`${id}.svg`]: chartSvg(title, [
        barPanel({
          title: `Speed-up over full precision, ${PAPER_MODEL}`,
          unit: 'times, by FLOPs',
          width: 720,
          nameWidth: 220,
          bars: cases.map((one) => {
            const value = speedup(PAPER_MODEL, one).speedup;
            const paper = one.paper === '' ? '' : `; paper ${one.paper}`;
            return {
              name: one.label,
              value,
              color: one.compensation === 'printed' ? 1 : 0,
              text: `${numberInWords(value, 2)}${paper}`,
            };
          }),
        }),
      ]),
      [`${id}.md`]: sectionOf(experiment, context, {
        result: `${numberInWords(ideal.speedup, 2)} without corrections (the paper: 3.12) and ${numberInWords(both.speedup, 2)} with both (the paper: 2.95), OCC taking ${numberInWords(100 * both.compensationShare, 1)} % (5.6 %) and DGE ${numberInWords(100 * both.estimatorShare, 1)} % (0.1 %). The formula that the paper prints gives ${numberInWords(printed.speedup, 2)} and ${numberInWords(100 * printed.compensationShare, 1)} % instead: it has 24(1 − α)h where its figures need 48(1 − α)h.`,
        setup:
          'Floating-point operations per token of one block, where products of FP4 operands count a quarter: a bound, not a measurement; FP4 hardware is assumed.',
        body: [
          'With h the width and s the context, per token and unit of width: 24h for products, 5s for attention scores and softmax, 36 for norms and activation. DGE adds 96 per step, that is 32 a pass; OCC multiplies a share 2(1 − α) of the activations with all weights, 48(1 − α)h.',
          markdownTable(
            ['', 'in the paper, 7B', ...MODELS.map((name) => `\`${name}\``)],
            cases.map((one) => {
              const ours = MODELS.map((name) => numberInWords(speedup(name, one).speedup, 2));
              return [one.label, one.paper].concat(ours);
            }),
          ),
          `![${title}](${id}.svg)`,
        ],
      }),
    },
  };
}
