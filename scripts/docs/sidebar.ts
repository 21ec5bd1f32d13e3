import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../workspaces.ts';
import type { Manifest } from '../workspaces.ts';
import { sitePages, titleOfFile } from './site-pages.ts';
import type { SitePage } from './site-pages.ts';

/** An entry of the site's sidebar, in VitePress's form. */
export interface SidebarItem {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items?: SidebarItem[];
}

/** The packages in the order of docs/architecture.md: a package imports only packages before it. */
const packageOrder = [
  'fp4-format',
  'tfjs-bridge',
  'fp4-gemm',
  'fake-quant',
  'dge',
  'occ',
  'recipes',
  'llama',
  'optim',
  'scaling-law',
];

const groups: readonly { readonly text: string; readonly routes: readonly string[] }[] = [
  { text: 'Start', routes: ['guides/train-your-own-text.md', 'guides/fp4-in-one-page.md'] },
  {
    text: 'Using Nibble',
    routes: [
      'guides/training-in-the-browser.md',
      'guides/choosing-a-recipe.md',
      'guides/reading-a-report.md',
      'guides/exporting-to-llama-cpp.md',
      'guides/planning-a-qat-budget.md',
      'guides/running-on-several-machines.md',
      'guides/the-nibble-command.md',
    ],
  },
  {
    text: 'Extending it',
    routes: [
      'guides/adding-a-format.md',
      'guides/adding-a-kernel.md',
      'guides/adding-a-recipe.md',
      'contributing.md',
    ],
  },
];

/**
 * The sidebar of each part of the site, by the beginning of its pages' addresses. A page in `docs/guides` that no group
 * names is an error of this file.
 */
export function sidebars(): Record<string, SidebarItem[]> {
  const pages = new Map(sitePages().map((page) => [page.route, page]));
  const named = new Set(groups.flatMap(({ routes }) => routes));
  const forgotten = [...pages.keys()].filter((route) => route.startsWith('guides/') && !named.has(route));
  if (forgotten.length > 0) throw new Error(`the sidebar has no place for ${forgotten.join(', ')}`);
  const item = (route: string): SidebarItem => itemOf(pages.get(route), route);
  const within = (folder: string): SidebarItem[] =>
    [...pages.keys()].filter((route) => route.startsWith(folder)).map(item);

  const guides = groups.map(({ text, routes }) => ({ text, items: routes.map(item) }));
  const results = [
    {
      text: 'Results',
      items: [
        { text: 'Performance', link: '/results/performance.html' },
        item('results/how-speed-is-measured.md'),
        { text: 'Reproducing the papers', link: '/results/reproducing.html' },
        item('experiments.md'),
      ],
    },
    { text: 'The papers, regenerated', items: within('paper/') },
  ];
  const decisions = [{ text: 'All decisions', link: '/decisions/' }, ...within('decisions/')];
  const design = [
    { text: 'Design', items: [item('architecture.md')] },
    { text: 'Decisions', items: decisions },
  ];
  return {
    '/guides/': guides,
    '/contributing': guides,
    '/packages/': [{ text: 'Packages', items: packageOrder.map(packageItem) }],
    '/results/': results,
    '/paper/': results,
    '/experiments': results,
    '/architecture': design,
    '/decisions/': design,
    '/reference/': [
      { text: 'Reference', items: [{ text: 'All packages', link: '/reference/' }, ...references()] },
    ],
  };
}

function packageItem(name: string): SidebarItem {
  const checks =
    name === 'scaling-law'
      ? [{ text: 'Held against the paper', link: '/packages/scaling-law-checks.html' }]
      : [];
  return {
    text: name,
    link: `/packages/${name}.html`,
    collapsed: true,
    items: [
      { text: 'Numerics and limits', link: `/packages/${name}-manual.html` },
      ...checks,
      { text: 'Reference', link: referenceOf(name) },
    ],
  };
}

function references(): SidebarItem[] {
  return [...packageOrder, 'trainer'].map((name) => ({
    text: `@nibble-ml/${name}`,
    link: referenceOf(name),
  }));
}

/** TypeDoc gives a package with several entries a folder, and one with a single entry a page. */
function referenceOf(name: string): string {
  const [manifest] = globSync(`{packages,apps}/${name}/package.json`, { cwd: root });
  if (manifest === undefined) throw new Error(`there is no package ${name}`);
  return `/reference/${name}${entriesOf(manifest) > 1 ? '/' : '.html'}`;
}

function itemOf(page: SitePage | undefined, route: string): SidebarItem {
  if (page === undefined) throw new Error(`the sidebar names ${route}, which is no page`);
  // A README's title is the name of its package, which says little in a list.
  const text = route === 'guides/the-nibble-command.md' ? 'The nibble command' : titleOfFile(page.file);
  return { text, link: `/${route.replace(/\.md$/, '.html')}` };
}

function entriesOf(manifest: string): number {
  const { exports } = JSON.parse(readFileSync(path.join(root, manifest), 'utf8')) as Manifest;
  return Object.keys(exports!).filter((entry) => !entry.endsWith('.json')).length;
}
