// Runs every program of the guides and READMEs, from the sources, and compares what it prints with the comments behind
// its console.log lines. A block that is not to be run says so behind its fence: ```ts fragment.
import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenPromise, promisedOutput } from '../package-test/readme-example.ts';
import { runCommand } from '../run-command.ts';
import { root } from '../workspaces.ts';
import { programs } from './code-blocks.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync('docs/{*,guides/*,packages/*}.md', { cwd: root }).toSorted(),
  ...globSync('{packages,apps}/*/README.md', { cwd: root }).toSorted(),
].map((file) => file.replaceAll(path.sep, '/'));
const examples = pages.flatMap((file) =>
  programs(readFileSync(path.join(root, file), 'utf8')).map(({ code, line }) => ({
    name: `${file}:${line}`,
    file: `${file.replaceAll(/\W/g, '-')}-${line}.mts`,
    code,
  })),
);
const skipped = new Set((process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(','));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nibble-examples-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  for (const { file, code } of examples) writeFileSync(path.join(folder, file), code);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the examples of the documentation', () => {
  // The compiler reads all packages: four seconds by itself, more than a minute beside other tests on two busy cores.
  it('fit the types', { timeout: 300_000 }, async () => {
    const compilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      module: 'nodenext',
      target: 'es2024',
      types: ['node', '@webgpu/types'],
      allowImportingTsExtensions: true,
      customConditions: ['@nibble-ml/source'],
    };
    const files = examples.map(({ file }) => file);
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const { code, output } = await runCommand('tsc', ['-p', folder]);
    expect(output).toBe('');
    expect(code).toBe(0);
  });

  it.each(examples)('$name runs and prints what it says', async ({ file, code }) => {
    if (skipped.has('webgpu') && code.includes('openWebGpu')) return;
    const args = ['--conditions=@nibble-ml/source', '--no-warnings', file];
    const result = await runCommand(process.execPath, args, { cwd: folder, timeoutSeconds: 120 });
    expect(result.code, result.output).toBe(0);
    expect(brokenPromise(promisedOutput(code), result.output), result.output).toBeUndefined();
  });
});
