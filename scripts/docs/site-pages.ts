import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../workspaces.ts';

/** A Markdown file of the repository that is a page of the site. */
export interface SitePage {
  /** Its path in the repository, with forward slashes. */
  readonly file: string;
  /** Its path in the site, ending in `.md`. */
  readonly route: string;
}

/**
 * All hand-written pages and those that commands wrote into `docs/`: whatever lies in `docs/` under its own path, the
 * packages' READMEs beside their guides, and the few pages that lie elsewhere.
 */
export function sitePages(): SitePage[] {
  const docs = globSync('docs/**/*.md', { cwd: root, exclude: ['docs/site/**', 'docs/.pages/**'] })
    .map((file) => file.replaceAll(path.sep, '/'))
    .map((file) => ({ file, route: file.slice('docs/'.length) }));
  const readmes = globSync('packages/*/README.md', { cwd: root })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => file !== 'packages/testing/README.md')
    .map((file) => ({ file, route: `packages/${file.split('/')[1]}-manual.md` }));
  return [...docs, ...readmes, ...elsewhere].toSorted((a, b) => (a.route < b.route ? -1 : 1));
}

const elsewhere: readonly SitePage[] = [
  { file: 'apps/trainer/README.md', route: 'guides/the-nibble-command.md' },
  { file: 'packages/scaling-law/CHECKS.md', route: 'packages/scaling-law-checks.md' },
  { file: 'bench/README.md', route: 'results/how-speed-is-measured.md' },
  { file: 'CONTRIBUTING.md', route: 'contributing.md' },
];

/** The first heading of a Markdown text, without its number signs and code marks. */
export function titleOf(markdown: string): string {
  const title = /^# (.+)$/m.exec(markdown)?.[1];
  if (title === undefined) throw new Error(`no heading in: ${markdown.slice(0, 80)}`);
  return title.replaceAll('`', '');
}

/** The title of a page of the repository. */
export function titleOfFile(file: string): string {
  return titleOf(readFileSync(path.join(root, file), 'utf8'));
}
