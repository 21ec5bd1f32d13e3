import { describe, expect, it } from 'vitest';
import { checkLayering } from './check-layering.ts';

const layers = new Map([
  ['packages/base', []],
  ['packages/top', ['packages/base']],
]);
const folderOf = new Map([
  ['@x/base', 'packages/base'],
  ['@x/top', 'packages/top'],
  ['@x/testing', 'packages/testing'],
]);
const rules = { layers, testPackage: 'packages/testing' };
const base = { folder: 'packages/base', manifest: { name: '@x/base', version: '1.0.0' } };
const top = {
  folder: 'packages/top',
  manifest: {
    name: '@x/top',
    version: '1.0.0',
    dependencies: { '@x/base': '1.0.0' },
    devDependencies: { '@x/testing': '1.0.0' },
  },
};

function check(
  workspace: typeof base | typeof top,
  text: string,
  file = `${workspace.folder}/src/a.ts`,
): string[] {
  return checkLayering(workspace, [{ file, text }], folderOf, rules);
}

describe('checkLayering', () => {
  it('allows an arrow up the table, also to a subpath and in a test', () => {
    expect(
      check(top, `import { a } from '@x/base/sub'; import fs from 'node:fs'; import z from 'zod';`),
    ).toEqual([]);
    expect(check(top, `import { a } from '@x/testing';`, 'packages/top/src/a.test.ts')).toEqual([]);
    expect(check(top, `import { a } from '@x/testing';`, 'packages/top/test/helper.ts')).toEqual([]);
  });
  it('finds an arrow down, in every form of import', () => {
    for (const text of [
      `import { a } from '@x/top';`,
      `import type { A } from '@x/top/types';`,
      `export { a } from '@x/top';`,
      `const top = await import('@x/top');`,
      `let a: import('@x/top').A;`,
    ]) {
      expect(check(base, text), text).toEqual([
        expect.stringMatching(/packages\/base may not import packages\/top/),
      ]);
    }
  });
  it('finds the test package outside tests', () => {
    expect(check(top, `import { a } from '@x/testing';`)).toEqual([
      expect.stringMatching(/may not import packages\/testing/),
    ]);
  });
  it('finds an import that package.json does not declare', () => {
    const { dependencies: _, ...manifest } = top.manifest;
    expect(
      checkLayering({ ...top, manifest }, [{ file: 'a.ts', text: `import '@x/base';` }], folderOf, rules),
    ).toEqual([expect.stringMatching(/does not declare/)]);
  });
  it('finds a forbidden dependency that nothing imports', () => {
    const manifest = { ...base.manifest, peerDependencies: { '@x/top': '1.0.0' } };
    expect(checkLayering({ ...base, manifest }, [], folderOf, rules)).toEqual([
      'packages/base/package.json depends on @x/top, but packages/base may not import packages/top',
    ]);
  });
  it('finds a workspace without a row', () => {
    expect(checkLayering({ ...base, folder: 'packages/new' }, [], folderOf, rules)).toEqual([
      expect.stringMatching(/packages\/new has no row/),
    ]);
  });
});
