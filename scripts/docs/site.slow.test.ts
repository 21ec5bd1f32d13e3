import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../run-command.ts';
import { siteFolder } from './folders.ts';

it('npm run docs builds the site in less than two minutes, and every link in it holds', async () => {
  const args = ['--conditions=@nibble-ml/source', '--no-warnings', 'scripts/docs.ts'];
  const { code, output } = await runCommand(process.execPath, args, { timeoutSeconds: 240 });
  expect(code, output).toBe(0);
  expect(Number(/is built, in (\d+) s; every link holds/.exec(output)?.[1])).toBeLessThan(120);
  for (const page of ['index', 'guides/fp4-in-one-page', 'results/performance', 'reference/occ']) {
    expect(existsSync(path.join(siteFolder, `${page}.html`)), page).toBe(true);
  }
});
