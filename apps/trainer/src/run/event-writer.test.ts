import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvents } from '../../test/read-events.ts';
import { crc32c } from './crc32c.ts';
import { createEventWriter } from './event-writer.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nibble-events-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('crc32c', () => {
  it('has the check value of the catalogue, and those of RFC 3720', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });
});

describe('createEventWriter', () => {
  it('writes a version, scalars, histograms and texts that parse back', () => {
    const writer = createEventWriter(join(folder, 'events'), { nowSeconds: () => 1_700_000_000.5 });
    writer.scalar('train/loss', 6.5, 1);
    writer.scalars({ 'train/gradNorm': -0.25, 'train/tokensPerSecond': 1e6 }, 300_000);
    writer.histogram('weights/fc1/block0', { start: -1, width: 0.5, counts: [3, 0, 200, 1] }, 7);
    writer.text('config', '| seed | 1 |\n\u{1F40B}', 0);
    writer.close();
    expect(writer.path).toMatch(/events\/events\.out\.tfevents\.1700000000\./);

    const [version, ...events] = readEvents(readFileSync(writer.path));
    expect(version).toEqual({ wallTime: 1_700_000_000.5, step: 0, fileVersion: 'brain.Event:2', values: [] });
    expect(events.map(({ step }) => step)).toEqual([1, 300_000, 7, 0]);
    expect(events.slice(0, 2).map(({ values }) => values)).toEqual([
      [{ tag: 'train/loss', simpleValue: 6.5 }],
      [
        { tag: 'train/gradNorm', simpleValue: -0.25 },
        { tag: 'train/tokensPerSecond', simpleValue: 1e6 },
      ],
    ]);
    expect(events[2]!.values).toEqual([
      {
        tag: 'weights/fc1/block0',
        // DT_DOUBLE; lower edge, upper edge, count
        tensor: {
          dtype: 2,
          shape: [4, 3],
          content: Float64Array.of(-1, -0.5, 3, -0.5, 0, 0, 0, 0.5, 200, 0.5, 1, 1),
        },
        pluginName: 'histograms',
        dataClass: 2,
      },
    ]);
    expect(events[3]!.values).toEqual([
      {
        tag: 'config',
        // DT_STRING
        tensor: { dtype: 7, shape: [1], strings: ['| seed | 1 |\n\u{1F40B}'] },
        pluginName: 'text',
        dataClass: 2,
      },
    ]);
  });

  it('tells TensorBoard where a resumed run goes on, in a file that it reads later', () => {
    const nowSeconds = (): number => 1_700_000_000;
    createEventWriter(folder, { nowSeconds }).close();
    const writer = createEventWriter(folder, { resumeStep: 100, nowSeconds });
    writer.close();
    const [, restart] = readEvents(readFileSync(writer.path));
    expect(restart).toMatchObject({ step: 101, session: 1, values: [] });
    const names = readdirSync(folder).toSorted();
    expect(names).toHaveLength(2);
    expect(join(folder, names[1]!)).toBe(writer.path);
  });
});
