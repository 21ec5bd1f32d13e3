import { importSpecifiers, packageOf } from './imports.ts';
import type { Workspace } from '../workspaces.ts';

/** The text of a source file. */
export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

/** The arrows between workspaces that are allowed. */
export interface Layers {
  readonly layers: ReadonlyMap<string, readonly string[]>;
  readonly testPackage: string;
}

/**
 * Checks that a workspace imports, and depends on, only the workspaces that `layers` allows it, and that it declares
 * what it imports. Returns one sentence for each breach.
 */
export function checkLayering(
  workspace: Workspace,
  sources: readonly SourceFile[],
  folderOf: ReadonlyMap<string, string>,
  { layers, testPackage }: Layers,
): string[] {
  const { folder, manifest } = workspace;
  const allowed = layers.get(folder);
  if (allowed === undefined)
    return [`${folder} has no row in scripts/checks/layers.ts; say what it may import`];
  const problems: string[] = [];
  const runtime = { ...manifest.dependencies, ...manifest.peerDependencies };
  const declared = { ...runtime, ...manifest.devDependencies };

  for (const name of Object.keys(runtime)) {
    const target = folderOf.get(name);
    if (target !== undefined && !allowed.includes(target)) {
      problems.push(`${folder}/package.json depends on ${name}, but ${folder} may not import ${target}`);
    }
  }
  for (const { file, text } of sources) {
    const isTest = file.endsWith('.test.ts') || file.startsWith(`${folder}/test/`);
    for (const specifier of importSpecifiers(text)) {
      const name = packageOf(specifier);
      const target = name === undefined ? undefined : folderOf.get(name);
      if (name === undefined || target === undefined || target === folder) continue;
      if (!allowed.includes(target) && !(isTest && target === testPackage)) {
        problems.push(`${file} imports ${specifier}, but ${folder} may not import ${target}`);
      } else if (!(name in (isTest ? declared : runtime))) {
        problems.push(`${file} imports ${specifier}, which ${folder}/package.json does not declare`);
      }
    }
  }
  return problems;
}
