import path from 'node:path';
import type { SourceFile } from './check-layering.ts';
import { headingAnchors } from './heading-anchors.ts';

/** What links of a repository may lead to. */
export interface LinkTargets {
  /** All files of the repository and their folders, relative to the root. */
  readonly files: ReadonlySet<string>;
  /** Reads a file of the repository. */
  readonly read: (file: string) => string;
}

/**
 * Checks a text file for references that only work on one machine, or nowhere: relative Markdown links whose target is
 * no file of the repository, or has no heading of that anchor, and absolute paths of the folder that the checkout lies
 * in. Returns one sentence for each.
 *
 * @param parent - the absolute path of the folder that holds the checkout
 */
export function checkLinks(
  { file, text }: SourceFile,
  { files, read }: LinkTargets,
  parent: string,
): string[] {
  const problems: string[] = [];
  // In a checkout that lies at the root of the file system every absolute path would match.
  if (parent !== path.parse(parent).root && text.includes(`${parent}${path.sep}`)) {
    problems.push(`${file} names the path ${parent}${path.sep} of this machine`);
  }
  if (file.endsWith('.md')) {
    for (const [, link] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      const [target = '', anchor] = link!.split('#').map(decodeURIComponent);
      // The front page of the site links to pages of the site, which its build checks.
      if (/^[a-z]+:|^\//.test(target)) continue;
      const resolved =
        target === '' ? file : path.posix.join(path.posix.dirname(file), target).replace(/\/$/, '');
      if (!files.has(resolved)) {
        problems.push(`${file} links to ${link}, which is not in the repository`);
      } else if (anchor !== undefined && resolved.endsWith('.md')) {
        const anchors = headingAnchors(resolved === file ? text : read(resolved));
        if (!anchors.has(anchor)) problems.push(`${file} links to ${link}, but there is no such heading`);
      }
    }
  }
  return problems;
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '');
}
