import { duration } from '../training/duration.ts';
import { escapeHtml, numberCell, table } from './html.ts';
import type { Cell } from './html.ts';
import type { RunFacts } from './report-run.ts';

/** Returns the table of what several runs came to; the lowest losses stand out. */
export function finalFigures(runs: readonly RunFacts[]): string {
  const lowest = (of: (run: RunFacts) => number | undefined): number =>
    Math.min(...runs.map((run) => of(run) ?? Infinity));
  const best = { valLoss: lowest((run) => run.valLoss), bitsPerByte: lowest((run) => run.bitsPerByte) };
  const reference = runs[0]!.valLoss;
  const heads = [
    'step',
    'validation loss',
    'to the first',
    'bits per byte',
    'training loss',
    'tokens',
    'took',
    'tokens/s',
  ];
  return table(
    ['run', ...heads.map(numberCell)],
    runs.map((run, index) => {
      const { valLoss, bitsPerByte, trainLoss, tokens, seconds } = run;
      const gap =
        index === 0 || valLoss === undefined || reference === undefined ? '' : signed(valLoss - reference);
      return [
        nameCell(run),
        numberCell(
          run.isFinished ? count(run.step) : `${count(run.step)} of ${count(run.record.config.steps)}`,
        ),
        marked(valLoss, best.valLoss),
        numberCell(gap),
        marked(bitsPerByte, best.bitsPerByte),
        numberCell(trainLoss?.toFixed(4) ?? '–'),
        numberCell(count(tokens)),
        numberCell(duration(seconds)),
        numberCell(seconds > 0 ? count(tokens / seconds) : '–'),
      ];
    }),
  );
}

/** Returns the table of settings in which runs differ, or a sentence when there is none. */
export function configDifferences(runs: readonly RunFacts[]): string {
  const settings = runs.map(settingsOf);
  const keys = [...new Set(settings.flatMap((each) => [...each.keys()]))].filter((key) => key !== 'out');
  const differing = keys.filter((key) => new Set(settings.map((each) => shown(each, key))).size > 1);
  if (differing.length === 0) return '<p>The settings are the same.</p>';
  return table(
    ['setting', ...runs.map(nameCell)],
    differing.map((key) => [key].concat(settings.map((each) => shown(each, key)))),
  );
}

/** All that decides a run, by name. */
function settingsOf({ record }: RunFacts): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ...Object.entries(record.config),
    ['backend', record.backend],
    ...named('adapter', record.adapter),
    ...named('version', record.versions),
  ]);
}

const named = (prefix: string, values: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(values).map(([key, value]) => [`${prefix} ${key}`, value]);

const shown = (settings: ReadonlyMap<string, unknown>, key: string): string =>
  settings.has(key) ? showSetting(settings.get(key)) : '–';

/** A run's name with its color. */
function nameCell({ name, color }: RunFacts): Cell {
  const key = color === undefined ? '' : `<i class="key-line series-${(color % 6) + 1}"></i>`;
  return { html: `<span class="entry">${key}${escapeHtml(name)}</span>`, className: 'run' };
}

/** Values as a config file would have them; null is what was left to the program. */
export const showSetting = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? 'default' : JSON.stringify(value);

function marked(value: number | undefined, best: number): Cell {
  if (value === undefined) return numberCell('–');
  const text = value.toFixed(4);
  return { html: value === best ? `<b>${text}</b>` : text, className: 'number' };
}

const count = (value: number): string => Math.round(value).toLocaleString('en');
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
