import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { root } from '../workspaces.ts';
import { titleOf } from './site-pages.ts';

/** What `nibble paper --list --json` says of one table or figure, as far as the page shows it. */
interface Regenerated {
  readonly id: string;
  readonly title: string;
  readonly paper: string;
}

/** The page of what of the papers is regenerated, by which command, with which outcome, as Markdown. */
export async function reproducingPage(): Promise<string> {
  const listed = await listPapers();
  const pages = globSync('docs/paper/*.md', { cwd: root }).map((file) => path.basename(file, '.md'));
  const order = (id: string): number => {
    const at = listed.findIndex((entry) => entry.id === id);
    return at < 0 ? listed.length : at;
  };
  const stored = pages.toSorted((a, b) => order(a) - order(b) || (a < b ? -1 : 1));
  const missing = listed.filter(({ id }) => !pages.includes(id));
  const entries = stored.map((id) => {
    const text = readFileSync(path.join(root, 'docs', 'paper', `${id}.md`), 'utf8');
    return storedEntry(id, text);
  });
  return `# Reproducing the papers

Each page below was written by one command, on the machine and with the settings that it names, and has the figures of the paper beside ours. The scale is what two cores can do: about a million parameters and a million tokens a run, where the papers have up to 13 billion and 100 billion. So each claim of the papers is put to a test with seeds and confidence intervals, and the pages also say where a claim does not show at this scale.

\`\`\`sh
npx nibble paper --list             # what there is, what the paper says, and about how long each takes here
npx nibble paper --quick            # all of it on a tiny model: checks in seconds to minutes that everything works
\`\`\`

Runs are shared between experiments, and what is finished is never trained again. Add \`--seeds 6\` where a claim is undecided.

${entries.join('\n\n')}
${missing.length === 0 ? '' : `\n## Not stored yet\n\n${missing.map(missingEntry).join('\n')}\n`}`;
}

async function listPapers(): Promise<readonly Regenerated[]> {
  const cli = path.join('apps', 'trainer', 'src', 'cli.ts');
  if (!existsSync(path.join(root, cli))) throw new Error(`${cli} is missing`);
  const args = ['--conditions=@nibble-ml/source', '--no-warnings', cli, 'paper', '--list', '--json'];
  const { code, output } = await runCommand(process.execPath, args);
  if (code !== 0) throw new Error(`nibble paper --list --json failed:\n${output}`);
  return JSON.parse(output) as readonly Regenerated[];
}

/** One stored page: its title, its result and its command, which are taken from it. */
export function storedEntry(id: string, text: string): string {
  const result = /^\*\*Result\.\*\* (.+)$/m.exec(text)?.[1];
  const command = /^```sh\n(.+?)\n```/ms.exec(text)?.[1];
  return [
    `## [${titleOf(text)}](../paper/${id}.md)`,
    ...(result === undefined ? [] : [result]),
    ...(command === undefined ? [] : [`\`\`\`sh\n${command}\n\`\`\``]),
  ].join('\n\n');
}

function missingEntry({ id, title, paper }: Regenerated): string {
  return `- **${title}** (\`npx nibble paper ${id}\`). The paper: ${paper}`;
}
