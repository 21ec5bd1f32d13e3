import path from 'node:path';
import type { SourceFile } from './check-layering.ts';

/**
 * Checks a text file for references that only work on one machine: relative Markdown links whose target is not among
 * `files`, and absolute paths of the folder that the checkout lies in. Returns one sentence for each.
 *
 * @param files - all files of the repository and their folders, relative to the root
 * @param parent - the absolute path of the folder that holds the checkout
 */
export function checkLinks({ file, text }: SourceFile, files: ReadonlySet<string>, parent: string): string[] {
  const problems: string[] = [];
  // In a checkout that lies at the root of the file system every absolute path would match.
  if (parent !== path.parse(parent).root && text.includes(`${parent}${path.sep}`)) {
    problems.push(`${file} names the path ${parent}${path.sep} of this machine`);
  }
  if (file.endsWith('.md')) {
    for (const [, link] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      const target = decodeURIComponent(link!.split('#')[0]!);
      if (target === '' || /^[a-z]+:/.test(target)) continue;
      const resolved = path.posix.join(path.posix.dirname(file), target).replace(/\/$/, '');
      if (!files.has(resolved)) problems.push(`${file} links to ${link}, which is not in the repository`);
    }
  }
  return problems;
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '');
}
