import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { publishedWorkspaces, readWorkspaces, root } from '../workspaces.ts';
import { checkBrowserImports } from './check-browser-imports.ts';
import { checkDocuments } from './check-documents.ts';
import { checkLayering } from './check-layering.ts';
import type { SourceFile } from './check-layering.ts';
import { checkLinks } from './check-links.ts';
import { checkManifest } from './check-manifest.ts';
import { checkSource } from './check-source.ts';
import { checkThrows } from './check-throws.ts';
import type { Check } from './check.ts';
import { layers, testPackage } from './layers.ts';

/** The checks of this repository's own rules. */
export const repositoryChecks: readonly Check[] = [
  { name: 'layering: imports only look up the table of packages', run: layering },
  { name: 'what the lab loads runs in a browser', run: browserImports },
  { name: 'imports and exports keep to the style', run: sourceStyle },
  { name: 'links and anchors hold, and none leaves the repository', run: links },
  { name: 'comments of exported functions name their errors', run: errors },
  {
    name: 'package.json of published packages',
    run: async () => publishedWorkspaces().flatMap(checkManifest),
  },
  { name: 'README and changeset of published packages', run: documents },
];

async function layering(): Promise<string[]> {
  const workspaces = readWorkspaces();
  const folderOf = new Map(workspaces.map(({ folder, manifest }) => [manifest.name, folder]));
  return workspaces.flatMap((workspace) =>
    checkLayering(workspace, sourcesOf(workspace.folder), folderOf, { layers, testPackage }),
  );
}

async function browserImports(): Promise<string[]> {
  const scripts = ['main.tsx', 'engine/worker.ts'].map((file) => `apps/trainer/web/src/${file}`);
  return scripts.flatMap((script) => checkBrowserImports(script, readIfThere));
}

async function sourceStyle(): Promise<string[]> {
  return readWorkspaces().flatMap(({ folder }) =>
    sourcesOf(folder).flatMap((source) => checkSource(folder, source)),
  );
}

async function errors(): Promise<string[]> {
  return readWorkspaces()
    .filter(({ folder }) => folder.startsWith('packages/'))
    .flatMap(({ folder }) => sourcesOf(folder))
    .filter(({ file }) => file.includes('/src/') && !file.endsWith('.test.ts'))
    .flatMap(checkThrows);
}

async function links(): Promise<string[]> {
  const { code, output } = await runCommand('git', [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
  ]);
  if (code !== 0) throw new Error(`git ls-files failed: ${output}`);
  const files = output.split('\0').filter((file) => file !== '' && existsSync(path.join(root, file)));
  const targets = { files: new Set(files.flatMap(withFolders)), read: (file: string) => read(file).text };
  const texts = files.filter((file) => /\.(tsx?|js|json|md|ya?ml|toml|html|css|sh)$|^\.ci\//.test(file));
  return texts.flatMap((file) => checkLinks(read(file), targets, path.dirname(root)));
}

function withFolders(file: string): string[] {
  const parts = file.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

async function documents(): Promise<string[]> {
  const changesets = globSync('.changeset/*.md', { cwd: root }).map((file) => read(file).text);
  return publishedWorkspaces().flatMap((workspace) =>
    checkDocuments(workspace, {
      readme: readIfThere(`${workspace.folder}/README.md`),
      changelog: readIfThere(`${workspace.folder}/CHANGELOG.md`),
      changesets,
    }),
  );
}

function sourcesOf(folder: string): SourceFile[] {
  return globSync(`${folder}/{src,test,browser-test,web}/**/*.{ts,tsx}`, { cwd: root })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => !file.endsWith('.generated.ts'))
    .map(read);
}

function read(file: string): SourceFile {
  return { file, text: readFileSync(path.join(root, file), 'utf8') };
}

function readIfThere(file: string): string | undefined {
  return existsSync(path.join(root, file)) ? read(file).text : undefined;
}
