import { spawn } from 'node:child_process';
import path from 'node:path';

/** What a command that serves a page was like. */
export interface ServedPage {
  /** Where it said that the page is. */
  readonly url: string;
  readonly html: string;
  /** Bytes of each script that the page names. */
  readonly scripts: readonly number[];
  /** The exit code after an interrupt. */
  readonly code: number | null;
}

/**
 * Runs `nibble lab` as it is installed in a project, loads its page, and ends it as Ctrl-C does.
 *
 * @throws Error with what it printed when it ends without an address
 */
export async function servedPage(project: string, program: string): Promise<ServedPage> {
  const child = spawn(program, [path.join('node_modules', '.bin', 'nibble'), 'lab', '--port', '0'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let printed = '';
      const listen = (chunk: Buffer): void => {
        printed += String(chunk);
        const found = /http:\S+/.exec(printed);
        if (found !== null) resolve(found[0]);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      void ended.then(() => reject(new Error(`servedPage: nibble lab ended with: ${printed}`)));
    });
    const html = await (await fetch(url)).text();
    const sources = [...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, source]) => source!);
    const scripts = await Promise.all(
      sources.map(async (source) => (await (await fetch(new URL(source, url))).arrayBuffer()).byteLength),
    );
    child.kill('SIGINT');
    return { url, html, scripts, code: await ended };
  } finally {
    child.kill('SIGKILL');
  }
}
