import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pack } from '../pack.ts';
import { publishedWorkspaces } from '../workspaces.ts';
import { runChecks } from './check.ts';
import type { CheckResult } from './check.ts';
import { repositoryChecks } from './repository-checks.ts';
import { buildCheck, packagingChecks, toolChecks } from './tool-checks.ts';

/**
 * Builds the packages, runs every static check and prints the findings. Whether all could be built is the first result;
 * if not, the checks of what would be published are left out.
 */
export async function runAllChecks(): Promise<CheckResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nibble-check-'));
  try {
    const [build] = await runChecks([buildCheck], 1);
    const published = publishedWorkspaces();
    const packaging = isPassed(build!) ? packagingChecks(published, await pack(published, folder)) : [];
    const checks = [...toolChecks, ...repositoryChecks, ...packaging];
    return [build!, ...(await runChecks(checks, availableParallelism()))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether a check found nothing. */
export function isPassed({ problems }: CheckResult): boolean {
  return problems.length === 0;
}
