import { cpSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../workspaces.ts';
import { decisionsPage } from './decisions-page.ts';
import { pagesFolder } from './folders.ts';
import { performancePage, readResults } from './performance-page.ts';
import { reproducingPage } from './reproducing-page.ts';
import { rewriteLinks } from './rewrite-links.ts';
import { sitePages } from './site-pages.ts';

/** Writes every page but the reference to {@link pagesFolder}, with links that hold there, and the pictures. */
export async function stagePages(): Promise<void> {
  rmSync(pagesFolder, { recursive: true, force: true });
  const pages = sitePages();
  const routes = new Map(pages.map(({ file, route }) => [file, route]));
  for (const { file, route } of pages) {
    // A link to a package's folder leads to its guide, one to its README to that.
    const guide = /^docs\/(packages\/[\w-]+)\.md$/.exec(file)?.[1];
    if (guide !== undefined) routes.set(guide, route);
  }
  for (const [target, route] of more) routes.set(target, route);

  for (const { file, route } of pages) {
    const text = readFileSync(path.join(root, file), 'utf8');
    write(route, rewriteLinks(text, file, route, { routes, isFolder }));
  }
  write('decisions/index.md', decisionsPage());
  const performance = performancePage(readResults());
  write('results/performance.md', performance.text);
  for (const [name, chart] of performance.charts) write(`results/${name}`, chart);
  write('results/reproducing.md', await reproducingPage());
  for (const picture of globSync('docs/{pictures,paper}/**/*.{svg,png}', { cwd: root })) {
    const to = path.join(pagesFolder, path.relative('docs', picture));
    mkdirSync(path.dirname(to), { recursive: true });
    cpSync(path.join(root, picture), to);
  }
}

/** What is no page of its own but has one that stands for it. */
const more: readonly (readonly [string, string])[] = [
  ['README.md', 'index.md'],
  ['apps/trainer', 'guides/the-nibble-command.md'],
  ['bench', 'results/how-speed-is-measured.md'],
  ['bench/results', 'results/performance.md'],
  ['bench/results/README.md', 'results/performance.md'],
  ['docs/decisions', 'decisions/index.md'],
  ['docs/packages', 'packages/fp4-format.md'],
  ['docs/paper', 'results/reproducing.md'],
];

function write(route: string, text: string): void {
  const file = path.join(pagesFolder, route);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function isFolder(file: string): boolean {
  return statSync(path.join(root, file), { throwIfNoEntry: false })?.isDirectory() === true;
}
