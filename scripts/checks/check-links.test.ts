import { describe, expect, it } from 'vitest';
import { checkLinks } from './check-links.ts';

const texts = new Map([
  ['README.md', '# Top\n'],
  ['docs/a.md', '# A\n\n## Part two\n'],
]);
const targets = {
  files: new Set([...texts.keys(), 'docs', 'docs/with space.md']),
  read: (file: string) => texts.get(file)!,
};

function check(text: string, file = 'docs/b.md', parent = '/home/someone'): string[] {
  return checkLinks({ file, text }, { ...targets, files: new Set([...targets.files, file]) }, parent);
}

describe('checkLinks', () => {
  it('accepts links to files, folders, anchors and the web', () => {
    expect(
      check(
        '# Here\n[a](a.md#part-two) [b](../README.md#top) [c](#here) [d](https://x.org/y#z) [e](../docs/) [f](with%20space.md)',
      ),
    ).toEqual([]);
  });
  it('finds a link out of the repository and a broken one', () => {
    expect(check('[a](../../notes/a.md)\n[b](c.md)')).toEqual([
      'docs/b.md links to ../../notes/a.md, which is not in the repository',
      'docs/b.md links to c.md, which is not in the repository',
    ]);
  });
  it('finds anchors without a heading', () => {
    expect(check('[a](a.md#part-three) [b](#here)')).toEqual([
      'docs/b.md links to a.md#part-three, but there is no such heading',
      'docs/b.md links to #here, but there is no such heading',
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
