import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSite } from './check-site.ts';

describe('checkSite', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nibble-site-'));
    mkdirSync(path.join(folder, 'guides'));
    writeFileSync(path.join(folder, 'picture.svg'), '<svg/>');
    writeFileSync(path.join(folder, 'guides', 'a.html'), '<h2 id="there">A</h2>');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const check = (html: string, base = '/'): string[] => {
    writeFileSync(path.join(folder, 'index.html'), html);
    return checkSite(folder, base);
  };

  it('accepts pages, anchors, pictures and other sites', () => {
    expect(
      check(
        '<a class="x" href="guides/a.html#there">a</a><a href="/">b</a><a href="#c" id="c">c</a><img src="./picture.svg"><a href="https://x.org/y#z">d</a>',
      ),
    ).toEqual([]);
    expect(check('<a href="/docs/guides/a.html">a</a>', '/docs/')).toEqual([]);
  });
  it('finds what is not there', () => {
    expect(check('<a href="guides/b.html">b</a><a href="/guides/a.html#here">a</a>')).toEqual([
      'index.html links to guides/b.html, which is not in the site',
      'index.html links to /guides/a.html#here, but that page has no such anchor',
    ]);
    expect(check('<img src="/picture.svg">', '/docs/')).toEqual([
      'index.html links to /picture.svg, which is not below the site',
    ]);
  });
});
