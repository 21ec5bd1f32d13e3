import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { createEventWriter } from './event-writer.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nibble-events-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Fields = Map<number, number | Uint8Array>;

/** A protobuf message as its wire format has it; the last of equal fields wins. */
function parseMessage(bytes: Uint8Array): Fields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Fields = new Map();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [tag >> 3, tag & 7];
    if (wire === 0) fields.set(field, varint());
    else if (wire === 1) fields.set(field, view.getFloat64((at += 8) - 8, true));
    else if (wire === 5) fields.set(field, view.getFloat32((at += 4) - 4, true));
    else {
      const length = varint();
      fields.set(field, bytes.subarray(at, (at += length)));
    }
  }
  return fields;
}

/** TensorFlow's unmasking, `((masked - delta) rotl 15)`, written from record_reader rather than from our writer. */
const unmask = (masked: number): number => {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
};

function parseEvents(bytes: Uint8Array): Fields[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: Fields[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(unmask(view.getUint32(at + 8, true))).toBe(crc32c(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(unmask(view.getUint32(at + 12 + length, true))).toBe(crc32c(data));
    events.push(parseMessage(data));
    at += length + 16;
  }
  return events;
}

const text = (field: number | Uint8Array | undefined): string =>
  new TextDecoder().decode(field as Uint8Array);

describe('crc32c', () => {
  it('has the check value of the catalogue, and those of RFC 3720', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });
});

describe('createEventWriter', () => {
  it('writes a version and scalars that parse back', () => {
    const writer = createEventWriter(join(folder, 'events'), { nowSeconds: () => 1_700_000_000.5 });
    writer.scalar('loss/train', 6.5, 1);
    writer.scalar('loss/validation', -0.25, 300_000);
    writer.close();
    expect(writer.path).toMatch(/events\/events\.out\.tfevents\.1700000000\./);

    const [version, first, second, ...rest] = parseEvents(readFileSync(writer.path));
    expect(rest).toEqual([]);
    expect(text(version!.get(3))).toBe('brain.Event:2');
    expect(first!.get(1)).toBe(1_700_000_000.5);
    expect([first!.get(2), second!.get(2)]).toEqual([1, 300_000]);
    const values = [first, second].map((event) =>
      parseMessage(parseMessage(event!.get(5) as Uint8Array).get(1) as Uint8Array),
    );
    expect(values.map((value) => [text(value.get(1)), value.get(2)])).toEqual([
      ['loss/train', 6.5],
      ['loss/validation', -0.25],
    ]);
  });

  it('tells TensorBoard where a resumed run goes on', () => {
    const writer = createEventWriter(folder, { resumeStep: 100 });
    writer.close();
    const [, session] = parseEvents(readFileSync(writer.path));
    expect(session!.get(2)).toBe(101);
    // SessionLog { status: START = 1 }
    expect([...parseMessage(session!.get(7) as Uint8Array)]).toEqual([[1, 1]]);
  });
});
