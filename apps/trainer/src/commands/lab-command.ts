import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { serveLab } from '../lab/lab-server.ts';
import { openFile } from '../report/open-file.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { numberIn } from './options.ts';

/** Fixed, because a browser keeps the runs of a page under its address, and the port is part of that. */
const PORT = 4174;

interface LabOptions {
  readonly port: string;
  readonly host: string;
  readonly open?: boolean;
}

/** `nibble lab`: the trainer as a page in the browser. */
export function addLabCommand(program: Command): void {
  program
    .command('lab')
    .description('train in the browser: serves the page on this machine, until Ctrl-C')
    .option('--port <number>', 'port to listen on; 0 takes any that is free', String(PORT))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--open', 'open it in the browser')
    .addHelpText(
      'after',
      `
The page trains on the GPU of the machine that the browser runs on. Nothing leaves the browser, which keeps
the runs under the page's address: under another port or host there are others.
Browsers give pages WebGPU on localhost and over https only, so for other machines put a TLS proxy before it.

Examples:
  nibble lab --open
  nibble lab --port 8080`,
    )
    .action(async ({ port, host, open }: LabOptions) => {
      const abort = abortOnSignals('closing the lab');
      try {
        const folder = fileURLToPath(new URL('../../dist/web', import.meta.url));
        const server = await serveLab({ folder, host, port: numberIn('--port', port, [0, 65_535], true) });
        process.stdout.write(`${server.url}\n`);
        if (open === true) openFile(new URL(server.url));
        await aborted(abort.signal);
        await server.close();
      } finally {
        abort.stop();
      }
    });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
