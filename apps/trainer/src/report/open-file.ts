import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  // The empty argument is the title that start would else take the path for.
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens a file or an address in the program that the system has for it. Where there is none, says so and goes on. */
export function openFile(target: string | URL, platform: NodeJS.Platform = process.platform): void {
  const [command, ...args] = openers[platform] ?? ['xdg-open'];
  const name = target instanceof URL ? target.href : resolve(target);
  const child = spawn(command, [...args, name], { detached: true, stdio: 'ignore' });
  child.on('error', () => process.stderr.write(`cannot open ${name} with ${command}; open it by hand\n`));
  child.unref();
}
