import path from 'node:path';
import { root } from '../workspaces.ts';

/** The folder of VitePress's configuration is below this one. */
export const vitePressFolder: string = path.join(root, 'docs');

/** The pages as VitePress reads them: written anew by every build, not in git. */
export const pagesFolder: string = path.join(root, 'docs', '.pages');

/** The finished site: not in git. */
export const siteFolder: string = path.join(root, 'docs', 'site');

/** Where a file of the repository is shown, followed by its path; `tree` instead of `blob` for folders. */
export const repositoryUrl = 'https://github.com/nibble-ml/nibble';
