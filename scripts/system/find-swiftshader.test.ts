import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findSwiftShader, vulkanEnvironment } from './find-swiftshader.ts';

describe('findSwiftShader', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nibble-swiftshader-'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it('finds the driver beside the program that a link in the PATH leads to', () => {
    mkdirSync(path.join(folder, 'bin'));
    const program = path.join(folder, 'chromium');
    writeFileSync(program, '', { mode: 0o755 });
    writeFileSync(path.join(folder, 'vk_swiftshader_icd.json'), '{}');
    symlinkSync(program, path.join(folder, 'bin', 'chromium'));
    vi.stubEnv('NIBBLE_SWIFTSHADER', undefined);
    vi.stubEnv('NIBBLE_CHROMIUM', undefined);
    vi.stubEnv('PATH', path.join(folder, 'bin'));
    expect(findSwiftShader()).toBe(path.join(folder, 'vk_swiftshader_icd.json'));
  });
  it('takes the file that NIBBLE_SWIFTSHADER names, and no other', () => {
    const file = path.join(folder, 'driver.json');
    vi.stubEnv('NIBBLE_SWIFTSHADER', file);
    expect(() => findSwiftShader()).toThrow(`must name a file, but got ${file}`);
    writeFileSync(file, '{}');
    expect(findSwiftShader()).toBe(file);
  });
});

describe('vulkanEnvironment', () => {
  it('names the driver to new and old loaders', () => {
    expect(vulkanEnvironment('/a.json')).toEqual({ VK_DRIVER_FILES: '/a.json', VK_ICD_FILENAMES: '/a.json' });
  });
});
