// Installs each package into an empty project, as npm would publish it, imports it and runs its README's example there,
// on the Node of this repository and on the machine's own. Build first: npm run test:packages
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../pack.ts';
import { runCommand } from '../run-command.ts';
import { publishedWorkspaces, root } from '../workspaces.ts';
import { closure, createProject, installInto, runThere } from './empty-project.ts';
import { machineNode, ownNode } from './node-versions.ts';
import { brokenPromise, promisedOutput, readmeExample } from './readme-example.ts';
import { servedPage } from './served-page.ts';

const published = publishedWorkspaces();
const folder = mkdtempSync(path.join(tmpdir(), 'nibble-packages-'));
let tarballs: ReadonlyMap<string, string>;
beforeAll(async () => {
  tarballs = await pack(published, path.join(folder, 'tarballs'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const other = await machineNode();
const nodes = other === undefined ? [ownNode] : [ownNode, other];

describe('the machine', () => {
  it.skipIf(other === undefined)(
    'has a Node of its own, so that the packages are tested on two versions',
    () => {
      expect(other!.major).toBeGreaterThanOrEqual(20);
    },
  );
});

describe.each(published.map((workspace) => [workspace.manifest.name, workspace] as const))(
  '%s',
  (name, workspace) => {
    const project = path.join(folder, name.replace('/', '-'));
    beforeAll(async () => {
      await createProject(
        project,
        closure(workspace, published).map((needed) => tarballs.get(needed)!),
      );
    });

    it.each(nodes)(
      'is imported in plain Node $major with no GPU, without side effects',
      async ({ program }) => {
        const entries = Object.keys(workspace.manifest.exports!).filter((entry) => !entry.endsWith('.json'));
        const specifiers = entries.map((entry) => name + entry.slice(1));
        const code = `
for (const specifier of ${JSON.stringify(specifiers)}) {
  if (Object.keys(await import(specifier)).length === 0) throw new Error(specifier + ' exports nothing');
}
if (globalThis.navigator?.gpu !== undefined) throw new Error('an import opened a GPU');
console.log('imported');`;
        expect(await runThere(project, 'import.mjs', code, program)).toEqual({
          code: 0,
          output: 'imported\n',
        });
      },
    );

    const bins = Object.keys(workspace.manifest.bin ?? {});
    it.each(bins.flatMap((bin) => nodes.map((node) => ({ bin, ...node }))))(
      'has a command $bin that says how it is used, on Node $major',
      async ({ bin, program }) => {
        const { code, output } = await runCommand(
          program,
          [path.join('node_modules', '.bin', bin), '--help'],
          {
            cwd: project,
          },
        );
        expect(output).toContain(`Usage: ${bin}`);
        expect(code).toBe(0);
      },
    );

    it.each(bins.includes('nibble') ? nodes : [])(
      'brings the page of the lab, on Node $major',
      async ({ program }) => {
        const { html, scripts, code } = await servedPage(project, program);
        expect(html).toContain('<title>Nibble lab</title>');
        expect(Math.min(...scripts)).toBeGreaterThan(1000);
        expect(code).toBe(0);
      },
    );

    // That there is a README with an example is one of the static checks.
    const readme = path.join(root, workspace.folder, 'README.md');
    const example = existsSync(readme) ? readmeExample(readFileSync(readme, 'utf8')) : undefined;
    if (example === undefined) return;
    describe('its README example', () => {
      beforeAll(async () => {
        const others = example.packages.filter((wanted) => !wanted.startsWith('@nibble-ml/'));
        if (others.length > 0) await installInto(project, others);
      });

      it('fits the published types', async () => {
        writeFileSync(path.join(project, 'example.mts'), example.code);
        const options = [
          '--noEmit',
          '--strict',
          '--skipLibCheck',
          '--module',
          'nodenext',
          '--target',
          'es2023',
        ];
        const { code, output } = await runCommand('tsc', [...options, '--ignoreConfig', 'example.mts'], {
          cwd: project,
        });
        expect(output).toBe('');
        expect(code).toBe(0);
      });

      it.each(nodes)('runs on Node $major and prints what it says', async ({ major, program }) => {
        // Node 24 strips types itself; older ones get the same text without them.
        const [file, code] =
          major >= 24 ? ['example.mts', example.code] : ['example.mjs', withoutTypes(example.code)];
        const result = await runThere(project, file, code, program);
        expect(result.output.trim()).not.toBe('');
        expect(result.code, result.output).toBe(0);
        expect(brokenPromise(promisedOutput(example.code), result.output), result.output).toBeUndefined();
      });
    });
  },
);

function withoutTypes(code: string): string {
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    verbatimModuleSyntax: true,
  };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}
