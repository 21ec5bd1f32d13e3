// npm run bench -- gemm|step [--json FILE] [--backend wasm|webgpu|all] [--quick]
import { writeFile } from 'node:fs/promises';
import { parseCommandLine, usage } from './command-line.ts';
import { showProgress } from './progress.ts';
import { runBench } from './run-bench.ts';
import { formatReport } from './table.ts';

try {
  const command = parseCommandLine(process.argv.slice(2));
  if (command.help) {
    console.log(usage);
  } else {
    const report = await runBench(command, showProgress);
    console.log(formatReport(report));
    if (command.json !== undefined) await writeFile(command.json, `${JSON.stringify(report, null, 2)}\n`);
  }
} catch (error) {
  showProgress('');
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
