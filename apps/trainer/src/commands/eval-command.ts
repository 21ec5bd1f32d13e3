import type { Command } from 'commander';
import { chooseBackend } from '../backend/choose-backend.ts';
import { runLoss } from '../evaluation/run-loss.ts';
import { runTask } from '../evaluation/run-task.ts';
import type { TaskResult } from '../evaluation/run-task.ts';
import type { Scorer } from '../evaluation/score-sequences.ts';
import { parseTaskList } from '../evaluation/tasks/parse-task-list.ts';
import { readTask } from '../evaluation/tasks/read-task.ts';
import type { Task } from '../evaluation/tasks/read-task.ts';
import { knownTasks } from '../evaluation/tasks/task-formats.ts';
import { float32Digits } from '../training/json-observer.ts';
import { loadTrained } from '../training/load-trained.ts';
import type { TrainedModel } from '../training/load-trained.ts';
import { refuseTogether, scorerOf } from './eval-flags.ts';
import type { EvalFlags } from './eval-flags.ts';
import { lossLines, taskLines, taskRecords } from './evaluation-lines.ts';
import { backendRequest, numberIn, recipeName } from './options.ts';
import { showShare } from './share-progress.ts';

/** `nibble eval`: loss, perplexity and bits per byte of a run's model on a text, or how it does at tasks. */
export function addEvalCommand(program: Command): void {
  program
    .command('eval')
    .description("evaluate a run's newest checkpoint: loss, perplexity, bits per byte; or zero-shot tasks")
    .argument('<run>', 'the folder of the run')
    .option(
      '--data <name>',
      "text, JSONL or Parquet, a folder of them, or what else train takes (default: the validation part of the run's own data)",
    )
    .option(
      '--text-field <name>',
      'the field or column of JSONL and Parquet that holds the text (default text)',
    )
    .option(
      '--stride <tokens>',
      'tokens from one window to the next; fewer than the context give each token something before it',
    )
    .option('--tasks <list>', 'NAME=FILE,NAME=FILE: tasks to do instead, from local files')
    .option('--limit <count>', 'documents of each task, the first ones (default: all)')
    .option('--batch-size <count>', "windows of the context's length at once (default: the run's)")
    .option('--recipe <name>', "precision to compute in (default: the run's own)")
    .option('--backend <name>', 'auto, webgpu, wasm or cpu', 'auto')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Without --data and --stride the loss is that of training: whole windows of the validation part, each without what came
before it. Else every token counts once, but for the first of a document, and with --stride S has at least context - S
tokens before it, as far as there are any.

These tasks read their datasets' own files, JSONL or Parquet, and ask as lm-evaluation-harness does:
  ${knownTasks.join(', ')}
Any other name reads {"context": "...", "choices": ["...", "..."], "gold": 0}, one a line. acc is the share of documents
whose likeliest choice is right, acc_norm by likelihood per character, acc_bytes per byte. What they ask for can be
downloaded from https://huggingface.co/datasets: allenai/ai2_arc, Rowan/hellaswag, ybisk/piqa, google/boolq,
allenai/openbookqa, allenai/sciq, EleutherAI/lambada_openai.

Examples:
  nibble eval runs/NAME
  nibble eval runs/NAME --data other.txt --stride 32
  nibble eval runs/NAME --recipe f32 --json
  nibble eval runs/NAME --tasks arc_easy=ARC-Easy-Test.jsonl,hellaswag=validation.parquet,mine=mine.jsonl --limit 200`,
    )
    .action(async (run: string, flags: EvalFlags) => {
      refuseTogether(flags);
      if (flags.recipe !== undefined) recipeName(flags.recipe);
      const limit = flags.limit === undefined ? Infinity : numberIn('--limit', flags.limit, [1, 1e9], true);
      // Read first: what is wrong with a file shows before the model is loaded.
      const tasks =
        flags.tasks === undefined
          ? undefined
          : await Promise.all(
              parseTaskList(flags.tasks).map(({ name, path }) => readTask(name, path, limit)),
            );
      const backend = await chooseBackend(backendRequest(flags.backend));
      const trained = loadTrained(run, flags.recipe);
      const scorer = scorerOf(trained, backend, flags);
      const { step, linears } = trained;
      const head = { run, step, recipe: linears.recipe.name, backend: backend.name };
      if (tasks !== undefined) {
        const results = await runTasks(tasks, scorer, trained);
        if (flags.json === true) console.log(JSON.stringify({ ...head, tasks: taskRecords(results) }));
        else for (const line of [headLine(head), ...taskLines(results)]) console.log(line);
        return;
      }
      const result = await lossOf(run, trained, scorer, flags);
      const { lossNats, bitsPerByte, unigramNats, tokens } = result;
      if (flags.json === true) {
        const numbers = { loss: lossNats, perplexity: Math.exp(lossNats), bitsPerByte, unigramNats };
        const digits = Object.entries(numbers).map(([name, value]) => [name, float32Digits(value)]);
        console.log(JSON.stringify({ ...head, ...Object.fromEntries(digits), tokens }));
      } else {
        console.log(`${headLine(head)}, ${tokens.toLocaleString('en')} tokens`);
        for (const line of lossLines(result)) console.log(line);
      }
    });
}

function headLine({
  run,
  step,
  recipe,
  backend,
}: Record<'run' | 'recipe' | 'backend', string> & { step: number }): string {
  return `step ${step} of ${run}, ${recipe} on ${backend}`;
}

async function runTasks(
  tasks: readonly Task[],
  scorer: Scorer,
  { tokenizer }: TrainedModel,
): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  for (const task of tasks) {
    const progress = showShare(task.name);
    try {
      results.push(await runTask(scorer, tokenizer, task, (share) => progress.update(share)));
    } finally {
      progress.stop();
    }
  }
  return results;
}

async function lossOf(
  run: string,
  trained: TrainedModel,
  scorer: Scorer,
  { data, textField, stride }: EvalFlags,
): ReturnType<typeof runLoss> {
  const { context } = trained.model.config;
  const progress = showShare('scoring');
  try {
    return await runLoss(run, trained, scorer, {
      data,
      textField,
      stride: stride === undefined ? undefined : numberIn('--stride', stride, [1, context], true),
      note: (text) => void process.stderr.write(`${text}\n`),
      onProgress: (share) => progress.update(share),
    });
  } finally {
    progress.stop();
  }
}
