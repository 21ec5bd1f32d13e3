import { describe, expect, it } from 'vitest';
import { checkSource } from './check-source.ts';

function check(text: string, file = 'packages/a/src/deep/file.ts'): string[] {
  return checkSource('packages/a', { file, text });
}

describe('checkSource', () => {
  it('accepts named re-exports and relative imports of files', () => {
    expect(
      check(`export { a } from './a.ts';\nimport { b } from '../b.ts';\nimport c from './c.json';`),
    ).toEqual([]);
    expect(check(`import url from './a.wasm?url';`)).toEqual([]);
  });
  it.each(["export * from './a.ts';", "export * as a from './a.ts';", "export   *\nfrom './a.ts';"])(
    'finds %j',
    (text) => {
      expect(check(text)).toEqual([expect.stringMatching(/re-export by name/)]);
    },
  );
  it('does not take a comment for a re-export', () => {
    expect(check('// export * from x\nexport const a = "export * from b";')).toEqual([]);
  });
  it.each(["import './a';", "import './a.js';"])('finds %j', (text) => {
    expect(check(text)).toEqual([expect.stringMatching(/relative imports end in \.ts/)]);
  });
  it('finds an import that leaves the package', () => {
    expect(check("import '../../../b/src/b.ts';")).toEqual([expect.stringMatching(/outside packages\/a/)]);
  });
  it('finds an import of index.ts, but for tests and other indexes', () => {
    const text = "import { a } from './index.ts';";
    expect(check(text)).toEqual([expect.stringMatching(/import the file that defines the name/)]);
    expect(check(text, 'packages/a/src/a.test.ts')).toEqual([]);
  });
});
