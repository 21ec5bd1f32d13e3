import { describe, expect, it } from 'vitest';
import { rewriteLinks } from './rewrite-links.ts';

const targets = {
  routes: new Map([
    ['docs/a.md', 'a.md'],
    ['docs/guides/b.md', 'guides/b.md'],
    ['packages/occ', 'packages/occ.md'],
  ]),
  isFolder: (file: string) => file === 'scripts',
};

function rewrite(text: string): string {
  return rewriteLinks(text, 'docs/guides/b.md', 'guides/b.md', targets);
}

describe('rewriteLinks', () => {
  it('leads to pages, with their anchors', () => {
    expect(rewrite('[a](../a.md#there) [b](b.md)')).toBe('[a](../a.md#there) [b](./b.md)');
    expect(rewrite('[occ](../../packages/occ/)')).toBe('[occ](../packages/occ.md)');
  });
  it('leads to pictures of docs', () => {
    expect(rewrite('![p](../pictures/p.svg)')).toBe('![p](../pictures/p.svg)');
  });
  it('leads to the repository for all else', () => {
    expect(rewrite('[s](../../scripts) [c](../../scripts/check.ts#L3)')).toBe(
      '[s](https://github.com/nibble-ml/nibble/tree/main/scripts) [c](https://github.com/nibble-ml/nibble/blob/main/scripts/check.ts#L3)',
    );
  });
  it('leaves the web, anchors and code alone', () => {
    const text = '[w](https://x.org) [h](#here) `f[i](x)`\n```ts\nf[i](x.md)\n```\n';
    expect(rewrite(text)).toBe(text);
  });
});
