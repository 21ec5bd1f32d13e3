import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { pagesFolder } from './folders.ts';

/**
 * Writes the reference of every export to {@link pagesFolder}, by TypeDoc as `typedoc.json` configures it.
 *
 * @throws Error with TypeDoc's report where an export has no comment, or a comment links to nothing
 */
export async function writeReference(): Promise<void> {
  const { code, output } = await runCommand('typedoc', []);
  if (code !== 0) throw new Error(`typedoc failed:\n${output}`);
  const folder = path.join(pagesFolder, 'reference');
  for (const page of globSync('*/*.md', { cwd: folder })) {
    // TypeDoc titles the pages of a package with several entries by the entry alone, which is nothing for the main one.
    const [name = '', file = ''] = page.split(path.sep);
    const entry = file === 'index.md' ? '' : `/${file.replace(/\.md$/, '')}`;
    const at = path.join(folder, page);
    const text = readFileSync(at, 'utf8').replace(/^#[^#\n]*\n/, `# @nibble-ml/${name}${entry}\n`);
    writeFileSync(at, text);
  }
}
