import GithubSlugger from 'github-slugger';

/** The anchors that GitHub, and our site, give the headings of a Markdown text. */
export function headingAnchors(markdown: string): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  const headings = markdown.replaceAll(/^```.*?^```/gms, '').matchAll(/^#{1,6} +(.+?) *#*$/gm);
  // A link in a heading counts with its text only.
  return new Set(
    [...headings].map(([, text]) => slugger.slug(text!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'))),
  );
}
