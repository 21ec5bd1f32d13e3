import { runCli } from './run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2));
// Dawn keeps the process alive as long as its GPU object lives, and that object must outlive its devices.
process.exit();
