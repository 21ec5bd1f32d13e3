import { backportsSource, formatAptSource } from './apt-sources.ts';
import type { AptSource } from './apt-sources.ts';

/** What the tests need of a machine beyond Node: a WebGPU adapter, a Chromium and a Redis. */
export type SystemPart = 'webgpu' | 'browser' | 'redis';

/** What is known of a Debian machine. */
export interface DebianState {
  /** `bookworm`, `trixie`, … */
  readonly codename: string;
  readonly sources: readonly AptSource[];
  /** The version of mesa-vulkan-drivers that apt would install, `25.0.7-2~bpo12+1`; undefined when it knows none. */
  readonly mesaCandidate: string | undefined;
}

/** What to do to a Debian machine, in order. */
export interface InstallPlan {
  /** A source of packages to add before the commands run; undefined when none is needed. */
  readonly source: { readonly file: string; readonly text: string } | undefined;
  readonly commands: readonly (readonly string[])[];
}

/** The oldest Mesa whose software rasterizer has what Dawn asks of a Vulkan device. */
const OLDEST_MESA = 24;

/**
 * Plans how to install `missing` on a Debian machine. Where the release's Mesa is too old, it comes from the release's
 * backports, on the mirror the machine already uses.
 *
 * @throws Error when no source of the release itself is found to derive the mirror from
 */
export function planInstall(missing: readonly SystemPart[], state: DebianState): InstallPlan {
  const { codename, sources, mesaCandidate } = state;
  const backports = `${codename}-backports`;
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends'];
  const commands: string[][] = [];
  let source: InstallPlan['source'];

  if (missing.includes('webgpu')) {
    const release = Number.parseInt(mesaCandidate ?? '0', 10);
    const fromBackports = release < OLDEST_MESA;
    if (fromBackports && !sources.some(({ Suites = '' }) => Suites.split(/\s+/).includes(backports))) {
      const found = backportsSource(sources, codename);
      if (found === undefined) {
        throw new Error(
          `planInstall: expected a source of ${codename} main among apt's sources, but got none; install mesa-vulkan-drivers ${OLDEST_MESA} or newer by hand`,
        );
      }
      source = { file: '/etc/apt/sources.list.d/nibble-backports.sources', text: formatAptSource(found) };
      commands.push(['apt-get', 'update']);
    }
    const target = fromBackports ? ['--target-release', backports] : [];
    commands.push([...install, ...target, 'libvulkan1', 'mesa-vulkan-drivers']);
  }
  if (missing.includes('browser')) commands.push([...install, 'chromium']);
  if (missing.includes('redis')) commands.push([...install, 'redis-server']);
  return { source, commands };
}
