import { runCli } from './run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2));
// exit() discards what a slow reader of a pipe has not taken yet. A reader that is gone gets nothing.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => undefined);
  await new Promise<void>((resolve) => stream.write('', () => resolve()));
}
// Dawn keeps the process alive as long as its GPU object lives, and that object must outlive its devices.
process.exit();
