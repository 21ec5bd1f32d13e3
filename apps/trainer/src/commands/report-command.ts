import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { loadReportRuns } from '../report/load-report-run.ts';
import { openFile } from '../report/open-file.ts';
import { REPORT_MARK, reportHtml } from '../report/report-html.ts';
import { factsOf } from '../report/report-run.ts';
import type { RunFacts } from '../report/report-run.ts';
import { replaceFile } from '../run/durable-file.ts';

/** What reports had before they had a mark. */
const OLD_MARK = "default-src 'none'; style-src 'unsafe-inline'";

interface ReportOptions {
  readonly out?: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** `nibble report`: one page of one or more runs. */
export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('write a page about one run, or several over each other; also while they are under way')
    .argument('<runs...>', 'folders of runs; their order gives the colors')
    .option('--out <file>', 'the page (default: report.html in the run, or in this folder for several runs)')
    .option('--open', 'open it in the browser')
    .option('--json', 'print the final figures as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  nibble report runs/first --open\n  nibble report runs/f32 runs/fp4-paper runs/fp4-direct --out compare.html',
    )
    .action((dirs: string[], { out, open, json }: ReportOptions) => {
      const runs = loadReportRuns(dirs);
      const html = reportHtml(runs);
      const path = out ?? (dirs.length === 1 ? join(dirs[0]!, 'report.html') : 'report.html');
      requireReport(path);
      replaceFile(path, html);
      if (json === true) {
        const figures = runs.map((run, i) => figuresOf(dirs[i]!, factsOf(run)));
        process.stdout.write(`${JSON.stringify({ report: path, runs: figures }, null, 2)}\n`);
      } else process.stdout.write(`${path}\n`);
      if (open === true) openFile(path);
    });
}

/** Makes sure that nothing but a report is replaced. */
function requireReport(path: string): void {
  if (!existsSync(path)) return;
  const text = readFileSync(path, 'utf8');
  if ([REPORT_MARK, OLD_MARK].some((mark) => text.includes(mark))) return;
  throw new Error(
    `nibble report: ${path} must be a new file or a report, but it is another file; choose another name with --out`,
  );
}

function figuresOf(
  run: string,
  {
    step,
    isFinished,
    record,
    valLoss,
    bitsPerByte,
    trainLoss,
    unigramNats,
    tokens,
    seconds,
    bestStep,
  }: RunFacts,
): object {
  const { steps, model, recipe, seed } = record.config;
  return {
    run,
    model,
    recipe,
    seed,
    step,
    steps,
    isFinished,
    valLoss,
    bitsPerByte,
    trainLoss,
    unigramNats,
    tokens,
    seconds,
    bestStep,
  };
}
