import path from 'node:path';
import { repositoryUrl } from './folders.ts';

/** What {@link rewriteLinks} needs to know of the repository. */
export interface LinkTargets {
  /** From the path of a Markdown file, or of a folder, to the page of the site that stands for it. */
  readonly routes: ReadonlyMap<string, string>;
  /** Whether a path of the repository is a folder. */
  readonly isFolder: (file: string) => boolean;
}

/**
 * Turns the relative links of a Markdown file, which hold in the repository, into links that hold in the site: to the
 * page of what they point to; to the picture, for those in `docs/`; and for all else to the repository's own pages.
 * Code is left alone.
 *
 * @param markdown - the file's text
 * @param file - its path in the repository
 * @param route - its path in the site
 */
export function rewriteLinks(markdown: string, file: string, route: string, targets: LinkTargets): string {
  const rewrite = (link: string): string => {
    if (/^(?:[a-z]+:|#|\/)/.test(link)) return link;
    const [target = '', anchor] = link.split('#');
    const wanted = path.posix.join(path.posix.dirname(file), decodeURIComponent(target)).replace(/\/$/, '');
    const hash = anchor === undefined ? '' : `#${anchor}`;
    const page = targets.routes.get(wanted) ?? pictureRoute(wanted);
    if (page !== undefined) return relative(route, page) + hash;
    return `${repositoryUrl}/${targets.isFolder(wanted) ? 'tree' : 'blob'}/main/${wanted}${hash}`;
  };
  // Code comes first in the alternatives, so that a link in it is passed over.
  return markdown.replaceAll(
    /^```.*?^```|`[^`\n]*`|(\]\()([^)\s]+)\)/gms,
    (all, open?: string, link?: string) => (open === undefined ? all : `${open}${rewrite(link!)})`),
  );
}

function pictureRoute(file: string): string | undefined {
  return /^docs\/.*\.(?:svg|png)$/.test(file) ? file.slice('docs/'.length) : undefined;
}

function relative(from: string, to: string): string {
  const link = path.posix.relative(path.posix.dirname(from), to);
  return link.startsWith('.') ? link : `./${link}`;
}
