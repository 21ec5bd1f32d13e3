import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Checks that every link of a built site leads to one of its files, and every anchor to an element of that page. Links
 * to other sites are not followed.
 *
 * @param folder - the site's folder
 * @param base - the address that the site's root has, beginning and ending in `/`
 * @returns one sentence for each broken link
 */
export function checkSite(folder: string, base: string): string[] {
  const files = new Set(
    globSync('**/*', { cwd: folder, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'),
      ),
  );
  const pages = [...files].filter((file) => file.endsWith('.html'));
  const html = new Map(pages.map((page) => [page, readFileSync(path.join(folder, page), 'utf8')]));
  const anchors = new Map([...html].map(([page, text]) => [page, anchorsOf(text)]));
  return [...html].flatMap(([page, text]) =>
    [...new Set(linksOf(text))].flatMap((link) => {
      const problem = problemOf(link, page, base, files, anchors);
      return problem === undefined ? [] : [`${page} links to ${link}, ${problem}`];
    }),
  );
}

function problemOf(
  link: string,
  page: string,
  base: string,
  files: ReadonlySet<string>,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  // The site's own address is only a name here; what matters is whether a link stays below it.
  const site = `https://site.invalid${base}`;
  const url = new URL(link, `${site}${page}`);
  if (url.origin !== 'https://site.invalid') return undefined;
  if (!url.pathname.startsWith(base)) return 'which is not below the site';
  const wanted = decodeURIComponent(url.pathname.slice(base.length));
  const file = wanted === '' || wanted.endsWith('/') ? `${wanted}index.html` : wanted;
  if (!files.has(file)) return 'which is not in the site';
  const anchor = decodeURIComponent(url.hash.slice(1));
  const isThere = anchor === '' || anchors.get(file)?.has(anchor) === true;
  return isThere ? undefined : 'but that page has no such anchor';
}

function linksOf(html: string): string[] {
  return [...html.matchAll(/<(?:a|img|link|script)\b[^>]*?\s(?:href|src)="([^"]*)"/g)].map(([, link]) =>
    unescape(link!),
  );
}

function anchorsOf(html: string): Set<string> {
  return new Set([...html.matchAll(/\s(?:id|name)="([^"]+)"/g)].map(([, anchor]) => unescape(anchor!)));
}

function unescape(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}
