import { describe, expect, it } from 'vitest';
import { checkBrowserImports } from './check-browser-imports.ts';

const check = (files: Record<string, string>): string[] =>
  checkBrowserImports('web/worker.ts', (file) => files[file]);

describe('checkBrowserImports', () => {
  it('lets pass what a page has, and types from anywhere', () => {
    const files = {
      'web/worker.ts': "import { train } from '../src/train.ts'; self.process = train.process;",
      'src/train.ts':
        "import type { Stats } from './disk.ts'; import { tensor } from 'tfjs'; export const train: Stats = tensor;",
      'src/disk.ts': "import fs from 'node:fs';",
    };
    expect(check(files)).toEqual([]);
  });

  it('names a module of Node and the way to it, through dynamic imports and re-exports too', () => {
    const files = {
      'web/worker.ts': "const { report } = await import('./report.ts');",
      'web/report.ts': "export { report } from '../src/report.ts';",
      'src/report.ts': "import { readFileSync } from 'node:fs';",
    };
    expect(check(files)).toEqual([
      'src/report.ts imports node:fs, which web/report.ts <- web/worker.ts loads; a page has no such module',
    ]);
  });

  it('names a global of Node', () => {
    const files = {
      'web/worker.ts': "import './turn.ts';",
      'web/turn.ts': 'await new Promise(setImmediate);',
    };
    expect(check(files)).toEqual([
      'web/turn.ts uses setImmediate, which web/worker.ts loads; a page has none',
    ]);
  });

  it('notices that the script is another one now', () => {
    expect(check({})).toEqual(['web/worker.ts imports nothing; is it still the script of the page?']);
  });
});
