import { existsSync, readFileSync } from 'node:fs';

const cpuInfo = '/proc/cpuinfo';

/** Whether this machine's CPU has VNNI; known where Linux lists the flags of an x86 CPU. */
export function vnni(): 'yes' | 'no' | 'unknown' {
  return existsSync(cpuInfo) ? vnniOf(readFileSync(cpuInfo, 'utf8')) : 'unknown';
}

/** Whether a CPU that Linux describes as `text` has VNNI, in its AVX-512 or its AVX form. */
export function vnniOf(text: string): 'yes' | 'no' | 'unknown' {
  const flags = /^flags\s*:(.*)$/m.exec(text)?.[1]?.split(/\s+/);
  if (flags === undefined) return 'unknown';
  return flags.includes('avx_vnni') || flags.includes('avx512_vnni') ? 'yes' : 'no';
}

/** What a reader of results on wasm should know of the CPU: relaxed SIMD is fast where V8 compiles it to VNNI. */
export function vnniNotices(found: ReturnType<typeof vnni>): string[] {
  if (found === 'yes') return [];
  const what = found === 'no' ? 'This CPU has no VNNI' : 'Whether this CPU has VNNI is unknown';
  return [`${what}: FP4 products on wasm are about twice as fast on one that has.`];
}
