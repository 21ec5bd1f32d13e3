// Follows each guide as a reader would: in an empty folder, every command of its `sh` blocks in order, every `toml` block
// that begins with a file's name written to that file first. A block marked `not-tested` is passed over: it clones,
// installs, or needs another machine. Needs a build: npm run build
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultText } from '../../apps/trainer/src/data/default-text.ts';
import { runCommand } from '../run-command.ts';
import { root } from '../workspaces.ts';
import { codeBlocks } from './code-blocks.ts';
import type { CodeBlock } from './code-blocks.ts';

const steps = globSync('docs/guides/*.md', { cwd: root })
  .toSorted()
  .map((page) => ({ page, blocks: codeBlocks(readFileSync(path.join(root, page), 'utf8')).filter(isStep) }))
  .filter(({ blocks }) => blocks.some(({ language }) => language === 'sh'));

describe('a guide', () => {
  it.each(steps)('$page holds, step by step', async ({ blocks }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'nibble-guide-'));
    try {
      symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
      writeFileSync(path.join(folder, 'my.txt'), defaultText().text.slice(0, 300_000));
      for (const { language, code, line } of blocks) {
        if (language === 'toml') {
          writeFileSync(path.join(folder, fileOf(code)!), code);
          continue;
        }
        const result = await runCommand('bash', ['-euo', 'pipefail', '-c', code], { cwd: folder });
        expect(result.code, `line ${line}:\n${result.output}`).toBe(0);
      }
      for (const file of blocks.flatMap(({ code }) => /--out (\S+)$/m.exec(code)?.[1] ?? [])) {
        expect(existsSync(path.join(folder, file)), `${file} was written`).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function isStep({ language, mark, code }: CodeBlock): boolean {
  return mark === '' && (language === 'sh' || (language === 'toml' && fileOf(code) !== undefined));
}

function fileOf(toml: string): string | undefined {
  return /^# ([\w.-]+\.toml)\b/.exec(toml)?.[1];
}
