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

/**
 * What an example promises to print: the comments behind its `console.log` lines. One that begins with "for example"
 * promises nothing.
 */
export function promisedOutput(code: string): string[] {
  // A call on one line, or one whose arguments stand on lines of their own.
  const logged = /^[ \t]*console\.log\((?:.*|\n(?:(?![ \t]*\);).*\n)*[ \t]*)\); \/\/ (.+)$/gm;
  const comments = [...code.matchAll(logged)].map(([, comment]) => comment!);
  return comments.filter((comment) => !comment.startsWith('for example'));
}

/**
 * The first promise that `output` does not keep, line by line in order, or undefined when it keeps them all. A promise may go
 * on with an explanation, behind a colon or in parentheses; spaces, brackets and the names of typed arrays do not count.
 */
export function brokenPromise(promises: readonly string[], output: string): string | undefined {
  const lines = output.split('\n').map(normalized);
  return promises.find((promise) => {
    const wanted = normalized(promise);
    const found = lines.findIndex(
      (line) => line !== '' && wanted.startsWith(line) && /^(?:$|[:(])/.test(wanted.slice(line.length)),
    );
    // The next promise is about a later line.
    lines.splice(0, found + 1);
    return found < 0;
  });
}

function normalized(text: string): string {
  return text.replaceAll(/\b(?:Float|Int|Uint)\d+Array\(\d+\)|[\s[\]]/g, '');
}
