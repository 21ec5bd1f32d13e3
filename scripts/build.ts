// Builds every package, from turbo's cache where nothing changed. Prints only what failed, so that `npm install` and
// `npm start` stay quiet.
//
//   node scripts/build.ts
import { runCommand } from './run-command.ts';

const { code, output } = await runCommand('turbo', ['run', 'build', '--output-logs=errors-only'], {
  env: { TURBO_TELEMETRY_DISABLED: '1', npm_config_loglevel: 'error' },
});
if (code !== 0) console.error(output);
process.exitCode = code;
