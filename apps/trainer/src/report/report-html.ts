import { duration } from '../training/duration.ts';
import { configDifferences, finalFigures, showSetting } from './comparison.ts';
import { gemmTable } from './gemm-table.ts';
import { card, escapeHtml, section, table } from './html.ts';
import { layersSection } from './layers-section.ts';
import { lossSection } from './loss-section.ts';
import { factsOf } from './report-run.ts';
import type { ReportRun, ReportSample, RunFacts } from './report-run.ts';
import { reportStyle } from './report-style.ts';

/** Marks the file as ours, so that a report may replace it. */
export const REPORT_MARK = '<meta name="generator" content="nibble report">';

/**
 * Returns the report of one or more runs as one HTML page without scripts and without any request. Runs may be under way.
 *
 * @throws RangeError when there is no run, or a curve holds a value that is not finite.
 */
export function reportHtml(runs: readonly ReportRun[]): string {
  if (runs.length === 0) throw new RangeError('reportHtml: there must be at least one run, but got none');
  const facts = runs.map((run, color) => ({ ...factsOf(run), ...(runs.length > 1 && { color }) }));
  const [first] = facts;
  const title = facts.length === 1 ? titleOf(first!) : `${facts.length} runs`;
  const parts = [
    `<header><h1>${escapeHtml(title)}</h1><p class="subtitle">${escapeHtml(facts.length === 1 ? subtitleOf(first!) : facts.map(({ name }) => name).join(' · '))}</p></header>`,
    ...(facts.length === 1
      ? [`<div class="tiles">${tilesOf(first!).map(tile).join('\n')}</div>`]
      : [
          section('What they came to', card(finalFigures(facts))),
          section('What differs', card(configDifferences(facts))),
        ]),
    lossSection(facts),
    layersSection(facts),
    ...facts.map((run) =>
      run.products.length === 0
        ? ''
        : section(headingOf('Precision of every matrix product', run), card(gemmTable(run.products))),
    ),
    ...facts.map((run) =>
      run.samples.length === 0 ? '' : section(headingOf('Sample', run), samplesOf(run.samples)),
    ),
    ...(facts.length === 1 ? [settingsOf(first!)] : []),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${REPORT_MARK}
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
${parts.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

/** One figure of the summary. */
interface Figure {
  readonly label: string;
  readonly value: string;
  /** What to compare it with, or how it was taken. */
  readonly note?: string;
}

function titleOf({ record: { config } }: RunFacts): string {
  const late = config.lateRecipe === null ? '' : `, then ${config.lateRecipe}`;
  return `${config.model}, ${config.recipe}${late}`;
}

function subtitleOf({ step, isFinished, bestStep, record }: RunFacts): string {
  const { config, backend, adapter } = record;
  const done = isFinished
    ? `${count(step)} steps`
    : `under way or interrupted: step ${count(step)} of ${count(config.steps)}`;
  const best = bestStep === undefined || bestStep === step ? '' : `, best at ${count(bestStep)}`;
  return `${done}${best}, on ${[backend, ...Object.values(adapter)].join(': ')}`;
}

function tilesOf(run: RunFacts): Figure[] {
  const { valLoss, bitsPerByte, trainLoss, unigramNats, tokens, seconds, step, clips } = run;
  const below = valLoss === undefined || unigramNats === undefined ? undefined : unigramNats - valLoss;
  return [
    {
      label: 'Validation loss',
      value: valLoss?.toFixed(4) ?? '–',
      note:
        below === undefined
          ? 'nats per token'
          : `nats per token, ${Math.abs(below).toFixed(2)} ${below >= 0 ? 'below' : 'above'} the unigram entropy of ${unigramNats!.toFixed(4)}`,
    },
    { label: 'Bits per byte', value: bitsPerByte?.toFixed(4) ?? '–', note: 'on the validation text' },
    {
      label: 'Training loss',
      value: trainLoss?.toFixed(4) ?? '–',
      note: 'nats per token, mean of the last tenth of the steps',
    },
    { label: 'Tokens trained on', value: count(tokens), note: `in ${count(step)} steps` },
    {
      label: 'Took',
      value: duration(seconds),
      ...(seconds > 0 ? { note: `${count(tokens / seconds)} tokens per second` } : {}),
    },
    ...(clips === undefined
      ? []
      : [
          {
            label: 'Learned clip factors, mean',
            value: clips.mean.toFixed(3),
            note: `${clips.count} of them, from ${clips.least.toFixed(3)} to ${clips.most.toFixed(3)}`,
          },
        ]),
  ];
}

const tile = ({ label, value, note }: Figure): string =>
  `<div class="tile"><div class="label">${escapeHtml(label)}</div><div class="value">${escapeHtml(value)}</div>${note === undefined ? '' : `<div class="note">${escapeHtml(note)}</div>`}</div>`;

const headingOf = (what: string, { name, color }: RunFacts): string =>
  color === undefined ? what : `${what}, ${name}`;

/** The last sample; those on the way are folded up below it. */
function samplesOf(samples: readonly ReportSample[]): string {
  const earlier = samples.slice(0, -1).toReversed();
  const folded = earlier.map(
    (sample) => `<details><summary>step ${count(sample.step)}</summary>${sampleText(sample)}</details>`,
  );
  return card([sampleText(samples.at(-1)!), ...folded].join('\n'));
}

function settingsOf({ record }: RunFacts): string {
  const { config, backend, adapter, versions } = record;
  return `<div class="two">${section('Config', pairs({ ...config }))}<div>${section('Adapter', pairs({ backend, ...adapter }))}${section('Versions', pairs(versions))}</div></div>`;
}

const sampleText = ({ prompt, continuation }: ReportSample): string =>
  `<p class="sample"><span class="prompt">${escapeHtml(prompt)}</span>${escapeHtml(continuation)}</p>`;

/** Names and values. */
const pairs = (values: Readonly<Record<string, unknown>>): string =>
  card(
    table(
      [],
      Object.entries(values).map(([key, value]) => [key, showSetting(value)]),
    ),
  );

const count = (value: number): string => Math.round(value).toLocaleString('en');
