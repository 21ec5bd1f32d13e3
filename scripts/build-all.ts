import { runCommand } from './run-command.ts';

/**
 * Builds every package, from turbo's cache where nothing changed, and prints only what failed. Returns whether all is
 * built.
 */
export async function buildAll(): Promise<boolean> {
  const { code, output } = await runCommand('turbo', ['run', 'build', '--output-logs=errors-only'], {
    env: { TURBO_TELEMETRY_DISABLED: '1', npm_config_loglevel: 'error' },
  });
  if (code !== 0) console.error(output);
  return code === 0;
}
