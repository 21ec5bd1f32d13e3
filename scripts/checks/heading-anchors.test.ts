import { describe, expect, it } from 'vitest';
import { headingAnchors } from './heading-anchors.ts';

describe('headingAnchors', () => {
  it('has the anchors of headings, as GitHub makes them', () => {
    const text = '# The `nibble` command\n\n## A: b, c?\n\n### A: b, c?\n\n## [Link](x.md) _two_\n';
    expect([...headingAnchors(text)]).toEqual(['the-nibble-command', 'a-b-c', 'a-b-c-1', 'link-_two_']);
  });
  it('passes over code', () => {
    expect([...headingAnchors('```sh\n# no heading\n```\n# One\n')]).toEqual(['one']);
  });
});
