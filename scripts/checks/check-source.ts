import path from 'node:path';
import { importSpecifiers, reExportsEverything } from './imports.ts';
import type { SourceFile } from './check-layering.ts';

/**
 * Checks the import and export style of a workspace's files: names are re-exported one by one, relative imports end in
 * their file's own extension, stay inside the workspace, and do not go through `index.ts`. Returns one sentence for
 * each breach.
 */
export function checkSource(folder: string, { file, text }: SourceFile): string[] {
  const problems: string[] = [];
  if (reExportsEverything(text)) problems.push(`${file} uses "export *"; re-export by name`);
  for (const specifier of importSpecifiers(text)) {
    if (!specifier.startsWith('.')) continue;
    const target = path.posix.join(path.posix.dirname(file), specifier);
    if (!target.startsWith(`${folder}/`))
      problems.push(`${file} imports ${specifier}, which is outside ${folder}`);
    if (!/\.(ts|tsx|json|css|csv|svg|wasm)(\?\w+)?$/.test(specifier)) {
      problems.push(`${file} imports ${specifier}; relative imports end in .ts`);
    }
    if (
      path.posix.basename(target) === 'index.ts' &&
      !file.endsWith('.test.ts') &&
      !file.endsWith('/index.ts')
    ) {
      problems.push(`${file} imports ${specifier}; inside a package, import the file that defines the name`);
    }
  }
  return problems;
}
