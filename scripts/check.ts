// All static checks: types, documentation, lint, format, dead code, layering, style, packaging.
//
//   npm run check
import { runAllChecks } from './checks/run-all-checks.ts';
import { buildAll } from './build-all.ts';

const built = await buildAll();
const results = built ? await runAllChecks() : [];
const failed = results.filter(({ problems }) => problems.length > 0).length;
if (built) console.log(`\n${results.length - failed} checks passed, ${failed} failed`);
process.exitCode = built && failed === 0 ? 0 : 1;
