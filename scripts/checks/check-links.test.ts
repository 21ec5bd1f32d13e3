import { describe, expect, it } from 'vitest';
import { checkLinks } from './check-links.ts';

const files = new Set(['README.md', 'docs', 'docs/a.md', 'docs/with space.md']);

function check(text: string, file = 'docs/b.md', parent = '/home/someone'): string[] {
  return checkLinks({ file, text }, files, parent);
}

describe('checkLinks', () => {
  it('accepts links to files, folders, anchors and the web', () => {
    expect(
      check(
        '[a](a.md) [b](../README.md#top) [c](#here) [d](https://x.org/y) [e](../docs/) [f](with%20space.md)',
      ),
    ).toEqual([]);
  });
  it('finds a link out of the repository and a broken one', () => {
    expect(check('[a](../../notes/a.md)\n[b](b.md)')).toEqual([
      'docs/b.md links to ../../notes/a.md, which is not in the repository',
      'docs/b.md links to b.md, which is not in the repository',
    ]);
  });
  it('leaves code alone', () => {
    expect(check('```ts\nf[i](x.md)\n```\n`a[0](b)`')).toEqual([]);
  });
  it('finds a path of this machine in any text', () => {
    expect(check('read("/home/someone/notes.txt")', 'src/a.ts')).toEqual([
      expect.stringMatching(/of this machine/),
    ]);
    expect(check('read("/home/someone-else")', 'src/a.ts')).toEqual([]);
    expect(check('any /path at all', 'src/a.ts', '/')).toEqual([]);
  });
});
