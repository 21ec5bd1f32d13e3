import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pack } from '../pack.ts';
import { publishedWorkspaces } from '../workspaces.ts';
import { runChecks } from './check.ts';
import type { CheckResult } from './check.ts';
import { repositoryChecks } from './repository-checks.ts';
import { packagingChecks, toolChecks } from './tool-checks.ts';

/** Runs every static check and prints the findings. The packages must have been built. */
export async function runAllChecks(): Promise<CheckResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nibble-check-'));
  try {
    const published = publishedWorkspaces();
    const tarballs = await pack(published, folder);
    const checks = [...toolChecks, ...repositoryChecks, ...packagingChecks(published, tarballs)];
    return await runChecks(checks, availableParallelism());
  } finally {
    rmSync(folder, { recursive: true });
  }
}
