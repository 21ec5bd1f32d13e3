import { importSpecifiers, packageOf } from '../checks/imports.ts';

/** The first example of a README, and what must be installed to run it. */
export interface ReadmeExample {
  readonly code: string;
  /** The packages of the README's first `npm install` line; without one, those that the example imports. */
  readonly packages: readonly string[];
}

/** Finds the first fenced `ts` or `js` block of a README; undefined when there is none. */
export function readmeExample(markdown: string): ReadmeExample | undefined {
  const code = /^```(?:ts|js)\n(.*?)^```/ms.exec(markdown)?.[1];
  if (code === undefined) return undefined;
  const install = /^npm (?:install|i) (.+)$/m.exec(markdown)?.[1];
  const named = install?.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-'));
  const imported = importSpecifiers(code).map(packageOf);
  return { code, packages: named ?? [...new Set(imported.filter((name) => name !== undefined))] };
}
