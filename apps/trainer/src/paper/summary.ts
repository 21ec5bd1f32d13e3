import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { replaceFile } from '../run/durable-file.ts';
import { arxivOf } from './experiment.ts';
import { experiments } from './experiments.ts';
import { headlineOf } from './section.ts';

const [BEGIN, END] = ['<!-- nibble paper: begin -->', '<!-- nibble paper: end -->'];

/**
 * Writes the section of a document that links all stored results of a folder, between two marks. A document without the
 * marks is left alone.
 *
 * @param outDir - The folder of the results, such as `docs/paper`; the document is `experiments.md` beside it.
 * @returns the document's path, or undefined when there is none with the marks
 */
export function writeSummary(outDir: string): string | undefined {
  const document = join(dirname(outDir), 'experiments.md');
  if (!existsSync(document)) return undefined;
  const text = readFileSync(document, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) return undefined;
  const section = summaryOf(outDir, dirname(document));
  const updated = `${text.slice(0, begin)}${section}${text.slice(end + END.length)}`;
  if (updated !== text) replaceFile(document, updated);
  return document;
}

/** The section itself: one line per stored result, by paper. */
function summaryOf(outDir: string, from: string): string {
  const papers = [...new Set(experiments.map(arxivOf))].flatMap((arxiv) => {
    const lines = experiments.flatMap((experiment) => {
      const path = join(outDir, `${experiment.id}.md`);
      if (arxivOf(experiment) !== arxiv || !existsSync(path)) return [];
      const link = relative(from, path).replaceAll('\\', '/');
      return [`- [${experiment.title}](${link}). ${headlineOf(readFileSync(path, 'utf8')) ?? ''}`.trim()];
    });
    return lines.length === 0
      ? []
      : [`Of [arXiv ${arxiv}](https://arxiv.org/abs/${arxiv}):`, lines.join('\n')];
  });
  return [
    BEGIN,
    '## Results of the papers, regenerated',
    'Written by `nibble paper`; `nibble paper --list` says what there is. Each page has the figures of the paper beside ours and the command that made them; the rows lie beside it as CSV.',
    ...(papers.length === 0 ? ['No results are stored.'] : papers),
    END,
  ].join('\n\n');
}
