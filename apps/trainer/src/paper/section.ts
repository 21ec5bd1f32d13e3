import { arxivOf } from './experiment.ts';
import type { Experiment } from './experiment.ts';
import { commandOf } from './paper-context.ts';
import type { PaperContext } from './paper-context.ts';

/** The parts of a section that differ between experiments. */
export interface SectionParts {
  /** The outcome in one or two sentences; {@link headlineOf} finds it again. */
  readonly result: string;
  /** Scale, text and whatever else decides the numbers. */
  readonly setup: string;
  /** Paragraphs, tables and pictures. */
  readonly body: readonly string[];
}

const RESULT = '**Result.** ';

/** Returns the Markdown of an experiment: what the paper says, how it was done here, what came out. */
export function sectionOf(
  experiment: Experiment,
  context: PaperContext,
  { result, setup, body }: SectionParts,
): string {
  const { title, paper, kind } = experiment;
  const arxiv = arxivOf(experiment);
  const isCheck = context.settings.quick && kind !== 'speed-model';
  return `${[
    `# ${title}`,
    `**The paper** ([arXiv ${arxiv}](https://arxiv.org/abs/${arxiv})). ${paper}`,
    `**Here.** ${capitalize(setup)} ${context.date}:`,
    `\`\`\`sh\nnpx ${commandOf(experiment, context)}\n\`\`\``,
    ...(isCheck ? ['A check that everything works (`--quick`): the figures mean nothing.'] : []),
    `${RESULT}${result}`,
    ...body,
  ].join('\n\n')}\n`;
}

/** Returns the outcome that a section states, without its heading; undefined where there is none. */
export function headlineOf(section: string): string | undefined {
  const line = section.split('\n').find((text) => text.startsWith(RESULT));
  return line?.slice(RESULT.length);
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
