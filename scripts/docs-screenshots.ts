// Opens every page of docs/site in a headless Chromium, wide and as narrow as a phone, light and dark, writes what it
// looks like to a folder, and says which pages are wider than the screen or report an error. Build first: npm run docs
//
//   node scripts/docs-screenshots.ts --out shots
//   node scripts/docs-screenshots.ts --out shots index.html guides/fp4-in-one-page.html
import { globSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { preview } from 'vite';
import { siteFolder, vitePressFolder } from './docs/folders.ts';
import { findChromium } from './system/find-chromium.ts';

const { values, positionals } = parseArgs({
  options: { out: { type: 'string' } },
  allowPositionals: true,
});
const executablePath = findChromium();
if (values.out === undefined) throw new Error('docs-screenshots: name a folder with --out');
if (executablePath === undefined) throw new Error('docs-screenshots: there is no Chromium in the PATH');
mkdirSync(values.out, { recursive: true });
const pages = positionals.length > 0 ? positionals : globSync('**/*.html', { cwd: siteFolder }).toSorted();
const server = await preview({
  configFile: false,
  root: vitePressFolder,
  build: { outDir: 'site' },
  logLevel: 'warn',
});
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
let problems = 0;
for (const page of pages) {
  for (const width of [1280, 360]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const problem of await shoot(browser, page, width, colorScheme)) {
        problems++;
        console.error(`${page}, ${width} px, ${colorScheme}: ${problem}`);
      }
    }
  }
}
await browser.close();
await server.close();
console.log(`${pages.length} pages in ${values.out}, ${problems} problems`);
process.exitCode = problems === 0 ? 0 : 1;

async function shoot(
  chrome: Browser,
  page: string,
  width: number,
  colorScheme: 'light' | 'dark',
): Promise<string[]> {
  const found: string[] = [];
  const tab = await chrome.newPage({ viewport: { width, height: 900 }, colorScheme });
  tab.on('pageerror', (error) => found.push(error.message));
  tab.on('console', (message) => message.type() === 'error' && found.push(message.text()));
  tab.on('request', (request) => {
    const { host, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && !host.startsWith('localhost')) found.push(`asks ${host}`);
  });
  await tab.goto(`${server.resolvedUrls!.local[0]}${page}`, { waitUntil: 'networkidle' });
  const scrollWidth = await tab.evaluate('document.documentElement.scrollWidth');
  if (Number(scrollWidth) > width) found.push(`is ${String(scrollWidth)} px wide`);
  const name = `${page.replaceAll('/', '-').replace(/\.html$/, '')}-${width}-${colorScheme}.png`;
  await tab.screenshot({ path: path.join(values.out!, name), fullPage: true });
  await tab.close();
  return found;
}
