import type { BenchReport, BenchRow } from './report.ts';

/** The report as text for people: one table of rows for each operation and shape, then the ratios. */
export function formatReport({ adapter, notices, rows, ratios, checks }: BenchReport): string {
  const lines = [adapter, ...notices.map((notice) => `NOTE: ${notice}`), ''];
  for (const group of groups(rows)) {
    const { backend, op, shape } = group[0]!;
    lines.push(`${backend} ${op}${shape.length === 0 ? '' : ` [${shape.join(', ')}]`}`);
    for (const row of group.toSorted((a, b) => a.msMedian - b.msMedian)) lines.push(formatRow(row));
    lines.push('');
  }
  if (Object.keys(ratios).length === 0 && Object.keys(checks).length === 0) return lines.join('\n').trimEnd();
  const larger = Object.entries(ratios).filter(([name]) => checks[name] === undefined);
  if (larger.length > 0)
    lines.push(
      'Ratios: time of the fastest peer over ours (x above), or without a cache over with one; the smallest over the shapes',
    );
  for (const [name, ratio] of larger) lines.push(`  ${name.padEnd(28)}${ratio.toFixed(2).padStart(7)}`);
  for (const [name, { value, atMost }] of Object.entries(checks)) {
    const verdict = value <= atMost ? 'at most' : 'FAILED, must be at most';
    lines.push(`  ${name.padEnd(28)}${value.toFixed(4).padStart(7)}  ${verdict} ${atMost}`);
  }
  return lines.join('\n');
}

function formatRow({
  impl,
  variant,
  msMin,
  msMedian,
  msMax,
  gflops,
  cpuMsMedian,
  megavaluesPerSecond,
  tokensPerSecond,
  overRecomputed,
  exact,
  loss,
  dispatches,
  ratio,
  submissions,
  readbacks,
  overOwnF32,
  overDirect,
  bytes,
  bytesUsed,
  percentOfPeak,
}: BenchRow): string {
  const notes = [
    ratio === undefined ? '' : `x ${ratio.toFixed(2)}`,
    exact ? 'exact' : '',
    cpuMsMedian === undefined ? '' : `${cpuMsMedian.toFixed(0)} ms of CPU time`,
    bytes === undefined || bytesUsed !== undefined ? '' : `${bytes} bytes packed`,
    bytesUsed === undefined ? '' : `${megabytes(bytes!)} MB allocated, ${megabytes(bytesUsed)} MB in use`,
    percentOfPeak === undefined ? '' : `${percentOfPeak.toFixed(1)} % of peak`,
    overRecomputed === undefined ? '' : `${overRecomputed.toFixed(2)} times as fast as without a cache`,
    loss === undefined ? '' : `loss ${loss.toFixed(4)}`,
    dispatches === undefined ? '' : `${dispatches} dispatches`,
    submissions === undefined ? '' : `${submissions} submissions`,
    readbacks === undefined ? '' : `${readbacks} read back`,
    overOwnF32 === undefined ? '' : `own f32 takes ${overOwnF32.toFixed(2)} times as long`,
    overDirect === undefined ? '' : `takes ${overDirect.toFixed(2)} times as long as fp4-direct`,
  ].filter((note) => note !== '');
  const rates = [
    gflops === undefined ? '' : `${gflops.toFixed(1).padStart(8)} GFLOP/s`,
    megavaluesPerSecond === undefined ? '' : `${megavaluesPerSecond.toFixed(1).padStart(8)} M values/s`,
    tokensPerSecond === undefined ? '' : `${tokensPerSecond.toFixed(1).padStart(8)} tokens/s`,
  ];
  return (
    `  ${impl.padEnd(8)}${variant.padEnd(32)}${milliseconds(msMedian)} ms` +
    ` (${milliseconds(msMin)} to ${milliseconds(msMax)})${rates.join('')}  ${notes.join(', ')}`
  ).trimEnd();
}

function milliseconds(ms: number): string {
  return ms.toFixed(ms < 0.1 ? 5 : ms < 100 ? 2 : 0).padStart(8);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function groups(rows: readonly BenchRow[]): BenchRow[][] {
  const byKey = new Map<string, BenchRow[]>();
  for (const row of rows) {
    const key = `${row.backend} ${row.op} ${row.shape.join()}`;
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [row]);
    else group.push(row);
  }
  return [...byKey.values()];
}
