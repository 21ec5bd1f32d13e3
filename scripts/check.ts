// All static checks: build, types, documentation, lint, format, dead code, layering, style, packaging.
//
//   npm run check
import { isPassed, runAllChecks } from './checks/run-all-checks.ts';

const results = await runAllChecks();
const passed = results.filter(isPassed).length;
console.log(`\n${passed} checks passed, ${results.length - passed} failed`);
process.exitCode = passed === results.length ? 0 : 1;
