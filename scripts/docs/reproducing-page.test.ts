import { describe, expect, it } from 'vitest';
import { storedEntry } from './reproducing-page.ts';

const text =
  '# Figure 9: a title\n\n**Here.** Model.\n\n```sh\nnibble paper figure9\n```\n\n**Result.** It holds.\n';

describe('storedEntry', () => {
  it('takes title, result and command from the page', () => {
    expect(storedEntry('figure9', text)).toBe(
      '## [Figure 9: a title](../paper/figure9.md)\n\nIt holds.\n\n```sh\nnibble paper figure9\n```',
    );
  });
  it('leaves out what a page of another form does not have', () => {
    expect(storedEntry('b-laws', '# Laws\n\nText.\n')).toBe('## [Laws](../paper/b-laws.md)');
  });
});
