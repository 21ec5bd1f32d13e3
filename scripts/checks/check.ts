/** A static check of the repository. */
export interface Check {
  readonly name: string;
  /** Resolves to what is wrong, one finding or tool report each; empty when all is well. */
  readonly run: () => Promise<readonly string[]>;
}

/** How a check ended. */
export interface CheckResult {
  readonly name: string;
  readonly problems: readonly string[];
  readonly seconds: number;
}

/**
 * Runs checks, `concurrency` at a time, and prints a line for each as it ends; then the findings of those that failed.
 * A check that throws has failed.
 */
export async function runChecks(checks: readonly Check[], concurrency: number): Promise<CheckResult[]> {
  const queue = [...checks];
  const results: CheckResult[] = [];
  const worker = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      const start = performance.now();
      const problems = await check.run().catch((error: unknown) => [String(error)]);
      const seconds = (performance.now() - start) / 1000;
      results.push({ name: check.name, problems, seconds });
      console.log(`  ${problems.length === 0 ? 'ok  ' : 'FAIL'} ${check.name} (${seconds.toFixed(1)} s)`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  for (const { name, problems } of results.filter((result) => result.problems.length > 0)) {
    console.log(
      `\n${name}:\n${problems.map((problem) => `  ${problem.trimEnd().replaceAll('\n', '\n  ')}`).join('\n')}`,
    );
  }
  return results;
}
