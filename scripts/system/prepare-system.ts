import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { runCommand } from '../run-command.ts';
import { parseAptSources } from './apt-sources.ts';
import type { AptSource } from './apt-sources.ts';
import { findChromium } from './find-chromium.ts';
import { planInstall } from './install-plan.ts';
import type { InstallPlan, SystemPart } from './install-plan.ts';

const advice: Readonly<Record<SystemPart, string>> = {
  webgpu:
    'a WebGPU adapter: the driver of a GPU, or a software one (Debian and Ubuntu: libvulkan1 and mesa-vulkan-drivers 24 or newer, on Debian 12 from bookworm-backports)',
  browser:
    'Chromium, Chrome or Edge (Debian: chromium); NIBBLE_CHROMIUM=/path/to/it names one that is not in the PATH',
  redis: 'redis-server (Debian and Ubuntu: the package of this name)',
};

/** Options of {@link prepareSystem}. */
export interface PrepareOptions {
  /** Parts that the caller does without. */
  readonly skip: ReadonlySet<string>;
  /** Print what would be installed, and install nothing. */
  readonly dryRun: boolean;
}

/**
 * Finds out what the tests need and this machine lacks. Installs it where that is possible (root on Debian), elsewhere
 * says what to install. Returns the parts that are still missing.
 */
export async function prepareSystem({ skip, dryRun }: PrepareOptions): Promise<SystemPart[]> {
  const missing = (await missingParts()).filter((part) => !skip.has(part));
  if (missing.length === 0) return [];
  console.log(`Missing:\n${missing.map((part) => `  ${advice[part]}`).join('\n')}`);
  const codename = debianCodename();
  if (codename === undefined || process.getuid?.() !== 0) return missing;

  if (!dryRun) await apt(['apt-get', 'update']);
  const plan = planInstall(missing, {
    codename,
    sources: readAptSources(),
    mesaCandidate: await mesaCandidate(),
  });
  await carryOut(plan, dryRun);
  return dryRun ? missing : (await missingParts()).filter((part) => !skip.has(part));
}

async function missingParts(): Promise<SystemPart[]> {
  const probe = await runCommand('node', [
    '--conditions=@nibble-ml/source',
    'packages/testing/src/probe-webgpu.ts',
  ]);
  const missing: SystemPart[] = [];
  if (probe.code !== 0) missing.push('webgpu');
  if (findChromium() === undefined) missing.push('browser');
  if (spawnSync('redis-server', ['--version']).status !== 0) missing.push('redis');
  return missing;
}

async function carryOut({ source, commands }: InstallPlan, dryRun: boolean): Promise<void> {
  if (source !== undefined) {
    console.log(`Writing ${source.file}:\n${source.text}`);
    if (!dryRun) writeFileSync(source.file, source.text);
  }
  for (const command of commands) {
    console.log(`Running ${command.join(' ')}`);
    if (!dryRun) await apt(command);
  }
}

async function apt([command, ...args]: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(command!, args, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
}

function debianCodename(): string | undefined {
  if (!existsSync('/etc/os-release')) return undefined;
  const release = readFileSync('/etc/os-release', 'utf8');
  if (!/^ID="?debian"?$/m.test(release)) return undefined;
  return /^VERSION_CODENAME="?(\w+)"?$/m.exec(release)?.[1];
}

function readAptSources(): AptSource[] {
  const files = ['/etc/apt/sources.list', ...globSync('/etc/apt/sources.list.d/*.{list,sources}')];
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) =>
      parseAptSources(readFileSync(file, 'utf8'), file.endsWith('.sources') ? 'deb822' : 'one-line'),
    );
}

async function mesaCandidate(): Promise<string | undefined> {
  const { output } = await runCommand('apt-cache', ['policy', 'mesa-vulkan-drivers'], {
    env: { LC_ALL: 'C' },
  });
  const version = /^ {2}Candidate: (.+)$/m.exec(output)?.[1];
  return version === '(none)' ? undefined : version;
}
