import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { build, preview } from 'vite';
import type { InlineConfig } from 'vite';
import { findChromium } from '../system/find-chromium.ts';
import { root } from '../workspaces.ts';

/** How a test of the page ended; `error` is undefined when it passed. */
export interface PageOutcome {
  readonly name: string;
  readonly error?: string;
}

// SwiftShader, which comes with Chromium, has no f16 but everything else the kernels use.
const flags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--no-sandbox'];
const timeoutMilliseconds = 240_000;

/**
 * Bundles the page in apps/trainer/browser-test from the sources, opens it in a headless Chromium and waits for the
 * outcomes of its tests.
 *
 * @param screenshot - a PNG file to write the finished page to
 * @throws Error when there is no Chromium, the page does not build, or it reports an error of its own
 */
export async function runPage(screenshot?: string): Promise<readonly PageOutcome[]> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      'runPage: expected Chromium, Chrome or Edge in the PATH; install one, or name it in NIBBLE_CHROMIUM',
    );
  }
  const outDir = mkdtempSync(path.join(tmpdir(), 'nibble-page-'));
  const config = pageConfig(outDir);
  try {
    await build(config);
    const server = await preview(config);
    const browser = await chromium.launch({ executablePath, args: flags });
    try {
      const page = await browser.newPage({ viewport: { width: 1100, height: 1000 } });
      return await outcomesOf(page, `${server.resolvedUrls!.local[0]}page.html`, screenshot);
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

async function outcomesOf(
  page: Page,
  url: string,
  screenshot: string | undefined,
): Promise<readonly PageOutcome[]> {
  // A page that fails before its first test would otherwise only run into the timeout.
  const broken = new Promise<never>((_, reject) => {
    page.on('pageerror', (error) =>
      reject(new Error(`runPage: the page threw ${error.stack ?? error.message}`)),
    );
  });
  await page.goto(url);
  const finished = page.waitForFunction('window.pageOutcomes', undefined, { timeout: timeoutMilliseconds });
  const handle = await Promise.race([finished, broken]);
  if (screenshot !== undefined) await page.screenshot({ path: screenshot, fullPage: true });
  return (await handle.jsonValue()) as readonly PageOutcome[];
}

function pageConfig(outDir: string): InlineConfig {
  return {
    configFile: false,
    root: path.join(root, 'apps', 'trainer', 'browser-test'),
    logLevel: 'warn',
    resolve: { conditions: ['@nibble-ml/source', 'module', 'browser', 'default'] },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      chunkSizeWarningLimit: 4096,
      rollupOptions: { input: path.join(root, 'apps', 'trainer', 'browser-test', 'page.html') },
    },
    // WebGPU needs a secure context: https, or this address.
    preview: { host: '127.0.0.1', port: 0 },
  };
}
