// Everything: installs what the machine lacks (see system/), builds, checks, then tests on cpu, wasm and WebGPU in Node
// (on the default adapter, and on the SwiftShader of a Chromium where there is one), on a page in a browser, and on the
// packed packages. The last line counts the outcomes; each static check counts as one test, and so does each part of
// the machine that is missing.
//
//   npm test
//   npm test -- --dry-run                     only says what it would install
//   NIBBLE_SKIP_BACKENDS=webgpu,browser npm test      (also: swiftshader, redis)
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isPassed, runAllChecks } from './checks/run-all-checks.ts';
import { runCommand } from './run-command.ts';
import { prepareSystem } from './system/prepare-system.ts';
import { addTallies, formatTally, tallyReport } from './vitest-report.ts';
import type { Tally, VitestReport } from './vitest-report.ts';

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
const skip = new Set((process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(',').filter((name) => name !== ''));

if (values['dry-run']) {
  await prepareSystem({ skip, dryRun: true });
} else {
  const tally = await testAll();
  console.log(`\n${formatTally(tally)}`);
  process.exitCode = tally.failed === 0 ? 0 : 1;
}

async function testAll(): Promise<Tally> {
  console.log('Machine');
  const missing = await prepareSystem({ skip, dryRun: false });
  let tally: Tally = { passed: 0, failed: missing.length, skipped: 0 };
  if (missing.length > 0) {
    console.log(
      `FAIL missing: ${missing.join(', ')}. Install it, or set NIBBLE_SKIP_BACKENDS=${missing.join(',')}`,
    );
  }

  console.log('Checks');
  const checks = await runAllChecks();
  const passed = checks.filter(isPassed).length;
  tally = addTallies(tally, { passed, failed: checks.length - passed, skipped: 0 });

  console.log('\nTests');
  // Tests run on the sources, but for those of the packed packages.
  const built = isPassed(checks[0]!);
  return addTallies(
    tally,
    await runVitest(['unit', 'docs', 'swiftshader', 'browser', ...(built ? ['packages'] : [])]),
  );
}

async function runVitest(projects: readonly string[]): Promise<Tally> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nibble-test-'));
  const report = path.join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const selected = projects.flatMap((project) => ['--project', project]);
    const { code } = await runCommand('vitest', ['run', ...selected, ...reporters], { show: true });
    const tally = tallyReport(JSON.parse(readFileSync(report, 'utf8')) as VitestReport);
    return code === 0 ? tally : { ...tally, failed: Math.max(1, tally.failed) };
  } catch (error) {
    console.error(`vitest left no report: ${(error as Error).message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
