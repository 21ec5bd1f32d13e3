import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { serveLab } from '../../../apps/trainer/src/lab/lab-server.ts';
import { findChromium } from '../../system/find-chromium.ts';
import { root } from '../../workspaces.ts';

/** Whether the tests in a browser are left out. */
export const skipsBrowser: boolean = (process.env['NIBBLE_SKIP_BACKENDS'] ?? '')
  .split(',')
  .includes('browser');

/** The lab, built from the sources and served as `nibble lab` does, and a browser to open it in. */
export interface OpenLab {
  /** Where the page is. */
  readonly url: string;
  /** Folder of the built files. */
  readonly folder: string;
  /** A page of a visitor who has never been here. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
  /** Ends the browser and the server, and removes the built files. */
  close(): Promise<void>;
}

// SwiftShader, which comes with Chromium, is a WebGPU adapter on every machine.
const flags = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--no-sandbox',
  // An address that is not secure, as that of another machine.
  '--host-resolver-rules=MAP lab.test 127.0.0.1',
];

/**
 * Builds and serves the lab, and starts a headless Chromium.
 *
 * @throws Error when there is no Chromium, or the page does not build
 */
export async function openLab(): Promise<OpenLab> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      'openLab: expected Chromium, Chrome or Edge in the PATH; install one, or name it in NIBBLE_CHROMIUM',
    );
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'nibble-lab-'));
  await build({
    configFile: path.join(root, 'apps', 'trainer', 'vite.config.ts'),
    build: { outDir: folder },
  });
  const server = await serveLab({ folder, port: 0, host: '127.0.0.1' });
  const browser: Browser = await chromium.launch({ executablePath, args: flags });
  return {
    url: server.url,
    folder,
    newPage: async (options = {}) => (await browser.newContext(options)).newPage(),
    close: async () => {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
