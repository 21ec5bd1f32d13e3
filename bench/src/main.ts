// npm run bench -- gemm|step|memory|sample|quantize|tiles|fit [--json FILE] [--backend wasm|webgpu|all] [--rounds N] [--quick]
import { access, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseCommandLine, usage } from './command-line.ts';
import { showProgress } from './progress.ts';
import { runBench } from './run-bench.ts';
import { formatReport } from './table.ts';

try {
  const command = parseCommandLine(process.argv.slice(2));
  if (command.help) {
    console.log(usage);
  } else {
    // A folder that is missing should be known before minutes of measuring, not after.
    if (command.json !== undefined) await access(dirname(resolve(command.json)));
    const report = await runBench(command, showProgress);
    console.log(formatReport(report));
    if (Object.values(report.checks).some(({ value, atMost }) => value > atMost)) process.exitCode = 1;
    if (command.json !== undefined) await writeFile(command.json, `${JSON.stringify(report, null, 2)}\n`);
  }
} catch (error) {
  showProgress('');
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
