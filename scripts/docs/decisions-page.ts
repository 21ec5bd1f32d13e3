import { sitePages, titleOfFile } from './site-pages.ts';

/** The page that lists the decisions, newest first, as Markdown. */
export function decisionsPage(): string {
  const rows = sitePages()
    .filter(({ route }) => /^decisions\/\d/.test(route))
    .toReversed()
    .map(({ file, route }) => `- [${titleOfFile(file)}](${route.replace('decisions/', './')})`);
  return `# Decisions

What was chosen where the papers and the specifications are silent, or where we did otherwise than planned, and why.

${rows.join('\n')}
`;
}
