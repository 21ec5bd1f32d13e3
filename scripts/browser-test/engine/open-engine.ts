import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { build, preview } from 'vite';
import type { InlineConfig } from 'vite';
import { findChromium } from '../../system/find-chromium.ts';
import { root } from '../../workspaces.ts';

/** A Chromium with the lab's worker, whose tabs share their files as those of a visitor do. */
export interface EngineBrowser {
  /** Opens a tab with a worker of its own. */
  openTab(): Promise<Page>;
  close(): Promise<void>;
}

// SwiftShader comes with Chromium.
const flags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--no-sandbox'];

/** Bundles the page from the sources, and opens it in a headless Chromium with an empty profile. */
export async function openEngineBrowser(): Promise<EngineBrowser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      'openEngineBrowser: expected Chromium, Chrome or Edge in the PATH; install one, or name it in NIBBLE_CHROMIUM',
    );
  }
  const outDir = mkdtempSync(path.join(tmpdir(), 'nibble-engine-'));
  const config = pageConfig(outDir);
  await build(config);
  const server = await preview(config);
  const browser = await chromium.launch({ executablePath, args: flags });
  const context = await browser.newContext();
  return {
    openTab: async () => {
      const page = await context.newPage();
      await page.goto(`${server.resolvedUrls!.local[0]}lab-engine.html`);
      await page.waitForFunction('window.enginePage');
      return page;
    },
    close: async () => {
      await browser.close();
      await server.close();
      rmSync(outDir, { recursive: true });
    },
  };
}

function pageConfig(outDir: string): InlineConfig {
  const folder = path.join(root, 'apps', 'trainer', 'browser-test');
  return {
    configFile: false,
    root: folder,
    logLevel: 'error',
    resolve: { conditions: ['@nibble-ml/source', 'module', 'browser', 'default'] },
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      chunkSizeWarningLimit: 4096,
      rollupOptions: { input: path.join(folder, 'lab-engine.html') },
    },
    preview: { host: '127.0.0.1', port: 0 },
  };
}
