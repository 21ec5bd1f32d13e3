import { clampNote } from './clamp-note.ts';
import type { LossExperiment } from './experiment.ts';
import { judgeClaim } from './judge-claim.ts';
import type { Judgement } from './judge-claim.ts';
import type { ArmResults, LossRow } from './loss-table.ts';
import { markdownTable } from './markdown.ts';
import type { PaperContext } from './paper-context.ts';
import { describeSettings } from './paper-settings.ts';
import { precisionOf } from './run-result.ts';
import { sectionOf } from './section.ts';
import { intervalInWords, numberInWords } from './words.ts';

/** The Markdown section of a comparison of recipes: the paper's figures beside ours, and what the runs say to its claims. */
export function lossSection(
  experiment: LossExperiment,
  arms: readonly ArmResults[],
  rows: readonly LossRow[],
  context: PaperContext,
): string {
  const { claims, id, direct } = experiment;
  const base = arms[0]!.arm.label;
  const judgements = claims.map((claim) => judgeClaim(claim, arms, direct));
  const { backend, adapter } = arms[0]!.runs[0]!;
  const evaluated = arms.flatMap(({ runs }) => runs.flatMap((run) => run.valTokens ?? []));
  const valTokens = [...new Set(evaluated)].map((count) => count.toLocaleString('en')).join(' or ');
  const note = clampNote(
    arms.map(({ arm }) => arm),
    context.settings.model,
  );
  const body = [
    markdownTable(
      [
        'recipe',
        'in the paper',
        'loss on held-out text',
        `above ${base}, %`,
        'step, ms',
        `step / ${base}`,
        'part of the direct gap closed',
      ],
      rows.map(rowCells),
    ),
    `Loss in nats per token: mean ± standard deviation over seeds. Gaps, and parts of the direct gap${direct === null ? '' : ` (between \`${direct}\` and ${base})`}, are paired by seed (the same initial weights, the same batches in the same order), with 95 % confidence intervals by Student's t, those of ratios after Fieller. Steps are wall time on ${backend}, ${adapter}: the fastest tenth of the steps of the run that other work on the machine disturbed least (\`npm run bench -- step\` measures them properly); where products are simulated in f32 (last table), they say nothing about the format.`,
    ...(note === undefined ? [] : [note]),
    `![${experiment.title}](${id}.svg)`,
    markdownTable(['claim', 'shown here', 'margin with 95 % confidence'], judgements.map(judgementCells)),
    'What the matrix products inside the blocks ran in, as the runs logged it:',
    markdownTable(
      ['recipe', 'forward', 'input gradient', 'weight gradient'],
      arms.map(({ arm, runs }) => {
        const products = runs.flatMap((run) => run.products);
        return [
          `\`${arm.recipe}\``,
          ...(['fprop', 'dgrad', 'wgrad'] as const).map(
            (gemm) => precisionOf(products, gemm) || 'not logged',
          ),
        ];
      }),
    ),
  ];
  return sectionOf(experiment, context, {
    result: headline(rows, judgements, base),
    setup: `${describeSettings(context.settings)}; text: ${context.text.name}; every model evaluated on all ${valTokens} tokens of the held-out part.`,
    body,
  });
}

function rowCells({ arm, loss, gapPercent, closed, stepMs, stepRatio, diverged }: LossRow): string[] {
  const failed = diverged.length === 0 ? '' : `diverged with seed ${diverged.join(', ')}`;
  const deviation = loss === null || loss.count < 2 ? '' : ` ± ${numberInWords(loss.deviation, 4)}`;
  const measured = loss === null ? '' : `${numberInWords(loss.mean, 4)}${deviation}`;
  return [
    `\`${arm.recipe}\` (${arm.label})`,
    arm.paper,
    [measured, failed].filter((part) => part !== '').join('; '),
    gapPercent === null ? '' : intervalInWords(gapPercent, 2, true),
    numberInWords(stepMs, 0),
    numberInWords(stepRatio, 2),
    closed === null ? '' : intervalInWords(closed, 2),
  ];
}

function judgementCells({ claim, verdict, margin, unit }: Judgement): string[] {
  return [claim.text, verdict, margin === null ? '' : `${intervalInWords(margin, 2, true)} ${unit}`];
}

function headline(rows: readonly LossRow[], judgements: readonly Judgement[], base: string): string {
  const gaps = rows.flatMap(({ arm, gapPercent }) =>
    gapPercent === null ? [] : [`${arm.label} ${numberInWords(gapPercent.estimate, 2, true)} %`],
  );
  const shown = judgements.filter(({ verdict }) => verdict === 'yes').length;
  return `Against ${base}: ${gaps.join(', ')}. Of ${judgements.length} claims, ${shown} hold with 95 % confidence.`;
}
