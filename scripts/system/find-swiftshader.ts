import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from './find-chromium.ts';

const driver = 'vk_swiftshader_icd.json';

// What is in the PATH is often a script that starts the program from one of these.
const folders = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/opt/google/chrome',
  '/opt/microsoft/msedge',
];

/**
 * The Vulkan driver file of SwiftShader, which every Chromium has beside its program; undefined when there is none.
 * Looks where {@link findChromium} and Playwright find theirs. `NIBBLE_SWIFTSHADER` names one that is elsewhere.
 *
 * @throws Error when `NIBBLE_SWIFTSHADER` names a file that is not there
 */
export function findSwiftShader(): string | undefined {
  const named = process.env['NIBBLE_SWIFTSHADER'];
  if (named !== undefined && !existsSync(named)) {
    throw new Error(`findSwiftShader: NIBBLE_SWIFTSHADER must name a file, but got ${named}`);
  }
  const programs = [findChromium(), chromium.executablePath()].filter(
    (program) => program !== undefined && existsSync(program),
  );
  const beside = programs.map((program) => path.dirname(realpathSync(program!)));
  const candidates = [...beside, ...folders].map((folder) => path.join(folder, driver));
  return named ?? candidates.find((file) => existsSync(file));
}

/** The environment in which the Vulkan loader of a new process finds the driver in `file` and no other. */
export function vulkanEnvironment(file: string): Record<string, string> {
  // Loaders before 1.3.207 know only the second.
  return { VK_DRIVER_FILES: file, VK_ICD_FILENAMES: file };
}
