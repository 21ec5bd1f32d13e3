import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWorkspaces, root } from '../workspaces.ts';
import { layers, testPackage } from './layers.ts';

describe('layers', () => {
  it('has a row for every workspace', () => {
    expect([...layers.keys()].toSorted()).toEqual(readWorkspaces().map(({ folder }) => folder));
  });
  it('only looks up', () => {
    const rows = [...layers.keys()];
    for (const [folder, imports] of layers) {
      for (const target of imports)
        expect(rows.indexOf(target), `${folder} -> ${target}`).toBeLessThan(rows.indexOf(folder));
    }
  });
  it('is the table of docs/architecture.md', () => {
    const text = readFileSync(path.join(root, 'docs', 'architecture.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([\w/-]+)` +\|.*\| ([^|]*?) *\|$/gm)].map(
      (row) => row.slice(1) as [string, string],
    );
    const table = rows.filter(([folder]) => layers.has(folder));
    expect(table.map(([folder]) => folder)).toEqual([...layers.keys()]);
    for (const [folder, cell] of table) {
      expect(folders(cell, folder), folder).toEqual(layers.get(folder));
    }
  });
});

function folders(cell: string, folder: string): string[] {
  const packages = [...layers.keys()].filter((name) => name.startsWith('packages/'));
  if (cell === 'all packages') return packages;
  if (cell === 'all packages but testing') return packages.filter((name) => name !== testPackage);
  expect(cell, folder).not.toMatch(/^all/);
  return cell === '' ? [] : cell.split(', ').map((name) => `packages/${name}`);
}
