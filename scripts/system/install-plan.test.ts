import { describe, expect, it } from 'vitest';
import { parseAptSources } from './apt-sources.ts';
import { planInstall } from './install-plan.ts';

const bookworm = parseAptSources('deb http://mirror.example/debian bookworm main', 'one-line');
const install = 'apt-get install --yes --no-install-recommends';

function commands(plan: ReturnType<typeof planInstall>): string[] {
  return plan.commands.map((command) => command.join(' '));
}

describe('planInstall', () => {
  it('adds the backports of a fresh Debian 12 and takes Mesa from them', () => {
    const plan = planInstall(['webgpu', 'browser', 'redis'], {
      codename: 'bookworm',
      sources: bookworm,
      mesaCandidate: '22.3.6-1+deb12u1',
    });
    expect(plan.source?.file).toBe('/etc/apt/sources.list.d/nibble-backports.sources');
    expect(plan.source?.text).toContain('URIs: http://mirror.example/debian\nSuites: bookworm-backports\n');
    expect(commands(plan)).toEqual([
      'apt-get update',
      `${install} --target-release bookworm-backports libvulkan1 mesa-vulkan-drivers`,
      `${install} chromium`,
      `${install} redis-server`,
    ]);
  });
  it('uses backports that are there already', () => {
    const sources = [...bookworm, { ...bookworm[0]!, Suites: 'bookworm-backports' }];
    const plan = planInstall(['webgpu'], { codename: 'bookworm', sources, mesaCandidate: '22.3.6-1' });
    expect(plan.source).toBeUndefined();
    expect(commands(plan)).toEqual([
      `${install} --target-release bookworm-backports libvulkan1 mesa-vulkan-drivers`,
    ]);
  });
  it('needs no backports where the release has a new Mesa', () => {
    const plan = planInstall(['webgpu'], { codename: 'trixie', sources: [], mesaCandidate: '25.0.7-2' });
    expect(plan).toEqual({
      source: undefined,
      commands: [[...install.split(' '), 'libvulkan1', 'mesa-vulkan-drivers']],
    });
  });
  it('leaves Mesa alone when only the browser is missing', () => {
    const plan = planInstall(['browser'], {
      codename: 'bookworm',
      sources: bookworm,
      mesaCandidate: '22.3.6-1',
    });
    expect(plan.source).toBeUndefined();
    expect(commands(plan)).toEqual([`${install} chromium`]);
  });
  it('says so when there is no mirror to derive backports from', () => {
    expect(() =>
      planInstall(['webgpu'], { codename: 'bookworm', sources: [], mesaCandidate: undefined }),
    ).toThrow(/planInstall: expected a source of bookworm main .* by hand/);
  });
});
