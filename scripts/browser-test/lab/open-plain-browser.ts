import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { BrowserContext } from 'playwright-core';
import { findChromium } from '../../system/find-chromium.ts';

/** A Chromium as a visitor has it. */
export interface PlainBrowser {
  readonly context: BrowserContext;
  /** Ends it and removes its profile. */
  close(): Promise<void>;
}

/**
 * Starts a headless Chromium whose tabs are hidden when another one is in front. In those that Playwright starts, every tab
 * believes that it has the focus, and none is ever hidden.
 *
 * @throws Error when there is no Chromium, or it does not start
 */
export async function openPlainBrowser(): Promise<PlainBrowser> {
  const profile = mkdtempSync(path.join(tmpdir(), 'nibble-profile-'));
  const flags = ['--headless', '--no-sandbox', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      'openPlainBrowser: expected Chromium, Chrome or Edge in the PATH; install one, or name it in NIBBLE_CHROMIUM',
    );
  }
  const process = spawn(executablePath, [...flags, 'about:blank'], { stdio: 'ignore' });
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${await portOf(profile)}`, {
    noDefaults: true,
  });
  return {
    context: browser.contexts()[0]!,
    close: async () => {
      await browser.close();
      const exited = once(process, 'exit');
      process.kill();
      await exited;
      rmSync(profile, { recursive: true, maxRetries: 5 });
    },
  };
}

/** Waits for the port that the debugger listens on, which Chromium writes to its profile. */
async function portOf(profile: string): Promise<string> {
  const file = path.join(profile, 'DevToolsActivePort');
  for (let tries = 0; tries < 300; tries++) {
    const [port, address] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    if (port !== undefined && address !== undefined) return port;
    await setTimeout(100);
  }
  throw new Error('openPlainBrowser: Chromium must listen within 30 seconds, but it does not');
}
