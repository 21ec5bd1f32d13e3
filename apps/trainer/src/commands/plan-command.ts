import type { Command } from 'commander';
import { defaultCostModel, planLawsOfFit, planTraining, publishedPlanLaws } from '@nibble-ml/scaling-law';
import type { CostModel, ErrorParts, PlanLaws, PlanQuery } from '@nibble-ml/scaling-law';
import { partsAtGroups, partsText, plansText } from '../scaling/plan-text.ts';
import { bytesIn, countIn } from '../scaling/quantity.ts';
import { readFit } from '../scaling/read-fit.ts';
import { known, numberIn } from './options.ts';

interface PlanFlags {
  readonly compute?: string;
  readonly memory?: string;
  readonly inference?: string;
  readonly loss?: string;
  readonly size?: string;
  readonly tokens?: string;
  readonly precision?: string;
  readonly group: string;
  readonly minimize?: string;
  readonly fit?: string;
  readonly parts?: boolean;
  readonly nativeTraining?: boolean;
  readonly scaleBits: string;
  readonly fc2Share: string;
  readonly embeddings: string;
  readonly json?: boolean;
}

/** `nibble plan`: which precision, group size, size and tokens for a budget or a loss. */
export function addPlanCommand(program: Command): void {
  program
    .command('plan')
    .description('which bits, which group size, which size and how many tokens, for a budget or a loss')
    .option('--compute <flops>', 'most training FLOPs, counted in those of 16 bits')
    .option('--memory <bytes>', 'most bytes of the weights as deployed, as 500MB')
    .option('--inference <flops>', 'most FLOPs of one generated token')
    .option('--loss <nats>', 'loss to reach, as cheaply as possible; without it the least loss is looked for')
    .option('--size <count>', 'parameters without embeddings, where they are settled')
    .option('--tokens <count>', 'tokens, where they are settled; with --compute, the most there are')
    .option('--precision <names>', 'precisions to choose from, separated by commas')
    .option('--group <sizes>', 'group sizes to choose from, separated by commas', '32,64,128,256')
    .option('--minimize <what>', 'with --loss: compute, memory or inference')
    .option('--fit <file>', 'fit.json or --json output of nibble fit with law qat, qat-free or qat-joint')
    .option(
      '--parts',
      'also split the W4A4 error into weights and activations (with --size and --tokens; a --fit must have w4a16 and w16a4)',
    )
    .option('--native-training', 'training runs in the precision, its backward pass in 8 bits')
    .option('--scale-bits <bits>', 'bits of one scale', '16')
    .option('--fc2-share <share>', 'share of the parameters in the second FFN layer', '0.25')
    .option('--embeddings <count>', 'embedding parameters, kept in 16 bits', '0')
    .option('--json', 'print the plans as JSON, with --parts as { plans, parts }')
    .addHelpText(
      'after',
      '\nExamples:\n  nibble plan --compute 1e21 --memory 500MB\n  nibble plan --loss 2.6 --memory 1GB\n' +
        '  nibble plan --size 595M --tokens 100B --parts',
    )
    .action((flags: PlanFlags) => {
      const groupSizes = flags.group.split(',').map((G) => numberIn('--group', G, [2, 1e9], false));
      const costs = costsOf(flags);
      const laws = flags.fit === undefined ? publishedPlanLaws : planLawsOfFit(readFit(flags.fit));
      const query: PlanQuery = { ...limitsOf(flags), groupSizes, costs, laws };
      const parts = flags.parts === true ? partsAtGroups(partsOf(query, laws), groupSizes) : undefined;
      const plans = planTraining(query);
      if (flags.json === true) {
        process.stdout.write(`${JSON.stringify(parts === undefined ? plans : { plans, parts })}\n`);
        return;
      }
      process.stdout.write(`${plansText(plans, costs, laws.inputs)}\n`);
      if (parts !== undefined) process.stdout.write(`\n${partsText(parts)}\n`);
    });
}

/** The parts of the error of a settled size and its tokens, by the laws that the plans rest on. */
function partsOf({ N, D }: PlanQuery, { deltas }: PlanLaws): ErrorParts & { N: number; D: number } {
  if (N === undefined || D === undefined) {
    throw new RangeError('--parts must come with --size and --tokens, but one is missing');
  }
  const { w4a16: weights, w16a4: activations } = deltas;
  if (weights === undefined || activations === undefined) {
    throw new RangeError(
      `--parts must have the laws of w4a16 and w16a4, but the fit has ${Object.keys(deltas).join(', ')}; ` +
        'fit law qat-joint to runs of both, or leave out --fit for the published constants',
    );
  }
  return { N, D, weights, activations };
}

function limitsOf(flags: PlanFlags): PlanQuery {
  const { compute, memory, inference, loss, size, tokens, precision, minimize } = flags;
  return {
    ...(compute === undefined ? {} : { compute: countIn('--compute', compute) }),
    ...(memory === undefined ? {} : { memory: bytesIn('--memory', memory) }),
    ...(inference === undefined ? {} : { inference: countIn('--inference', inference) }),
    ...(loss === undefined ? {} : { loss: numberIn('--loss', loss, [1e-6, 100], false) }),
    ...(size === undefined ? {} : { N: countIn('--size', size) }),
    ...(tokens === undefined ? {} : { D: countIn('--tokens', tokens) }),
    ...(precision === undefined ? {} : { precisions: precision.split(',').map((name) => name.trim()) }),
    ...(minimize === undefined
      ? {}
      : { minimize: known('--minimize', minimize, ['compute', 'memory', 'inference'] as const) }),
  };
}

function costsOf({ nativeTraining, scaleBits, fc2Share, embeddings }: PlanFlags): CostModel {
  const embeddingParameters = embeddings === '0' ? 0 : countIn('--embeddings', embeddings);
  return {
    ...defaultCostModel,
    trainsInPrecision: nativeTraining ?? false,
    scaleBits: numberIn('--scale-bits', scaleBits, [0, 64], false),
    fc2Share: numberIn('--fc2-share', fc2Share, [0, 1], false),
    embeddingParameters: () => embeddingParameters,
  };
}
