import { readmeExample } from '../package-test/readme-example.ts';
import type { Workspace } from '../workspaces.ts';

/** The documents that come with a published workspace; undefined where there is none. */
export interface Documents {
  readonly readme: string | undefined;
  readonly changelog: string | undefined;
  /** The texts of all pending changesets. */
  readonly changesets: readonly string[];
}

/**
 * Checks that a published workspace has a README with a title and an example, and that its users are told
 * what changed: by a pending changeset or a CHANGELOG. Returns one sentence for each thing that is missing.
 */
export function checkDocuments({ folder, manifest }: Workspace, documents: Documents): string[] {
  const problems: string[] = [];
  if (documents.readme === undefined) {
    problems.push(`${folder} has no README.md`);
  } else {
    if (!documents.readme.startsWith(`# ${manifest.name}`))
      problems.push(`${folder}/README.md: the title is not ${manifest.name}`);
    if (folder.startsWith('packages/') && readmeExample(documents.readme) === undefined) {
      problems.push(`${folder}/README.md has no example (a block of ts or js)`);
    }
  }
  const named = documents.changesets.some(
    (text) => text.includes(`'${manifest.name}':`) || text.includes(`"${manifest.name}":`),
  );
  if (documents.changelog === undefined && !named)
    problems.push(`${folder} has neither a changeset nor a CHANGELOG.md`);
  return problems;
}
