import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { metricsPath, openMetrics, readMetrics } from './metrics.ts';

let run = '';
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'nibble-metrics-'));
});
afterEach(() => rmSync(run, { recursive: true }));

const write = (resumeStep: number | undefined, ...records: Record<string, unknown>[]): void => {
  const metrics = openMetrics(run, resumeStep);
  for (const record of records) metrics.append(record);
  metrics.sync();
  metrics.close();
};

describe('openMetrics', () => {
  it('appends one object a line', () => {
    write(undefined, { type: 'start' }, { step: 1, loss: 6.93147182 });
    expect(readFileSync(metricsPath(run), 'utf8')).toBe('{"type":"start"}\n{"step":1,"loss":6.93147182}\n');
  });

  it('goes on after the checkpoint on resuming, without what came later or was torn', () => {
    write(
      undefined,
      { type: 'start' },
      { step: 1 },
      { step: 2 },
      { type: 'validation', step: 2 },
      { step: 3 },
    );
    appendFileSync(metricsPath(run), '{"step":4,"lo');
    write(2, { step: 3, again: true });
    expect(readMetrics(run)).toEqual([
      { type: 'start' },
      { step: 1 },
      { step: 2 },
      { type: 'validation', step: 2 },
      { step: 3, again: true },
    ]);
  });

  it('refuses to mix a new run into an old file', () => {
    write(undefined, { step: 1 });
    expect(() => openMetrics(run)).toThrow(/EEXIST/);
  });

  it('refuses numbers that JSON would turn into null', () => {
    expect(() => write(undefined, { step: 1, loss: Number.NaN })).toThrow(
      /a line of metrics must hold finite numbers only, but loss is NaN/,
    );
    expect(readMetrics(run)).toEqual([]);
  });
});

describe('readMetrics', () => {
  it('gives nothing when nothing was written', () => {
    expect(existsSync(metricsPath(run))).toBe(false);
    expect(readMetrics(run)).toEqual([]);
  });

  it('leaves out a torn last line', () => {
    writeFileSync(metricsPath(run), '{"step":1}\n{"step":2}');
    expect(readMetrics(run)).toEqual([{ step: 1 }]);
  });

  it.each(['{"step":', '[1]', '', 'null'])('names a whole line that is no object: %j', (line) => {
    writeFileSync(metricsPath(run), `{"step":1}\n${line}\n`);
    expect(() => readMetrics(run)).toThrow(/metrics\.jsonl:2 must be a JSON object/);
    expect(() => openMetrics(run, 1)).toThrow(/metrics\.jsonl:2/);
  });
});
