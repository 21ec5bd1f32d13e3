// Builds the package in the current folder: its WebAssembly, where there is an `assembly/`, then `dist` anew, so that
// nothing of a file that has gone is published, and in it its page, where there is a `vite.config.ts`.
//
//   node ../../scripts/build-package.ts
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const run = (script: string, ...args: string[]): void => {
  execFileSync(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
    stdio: 'inherit',
  });
};

try {
  if (existsSync('assembly')) run('build-wasm.ts');
  rmSync('dist', { recursive: true, force: true });
  run('../node_modules/typescript/bin/tsc', '-p', 'tsconfig.json');
  if (existsSync('vite.config.ts')) run('../node_modules/vite/bin/vite.js', 'build');
} catch {
  // The tool has said what is wrong.
  process.exitCode = 1;
}
