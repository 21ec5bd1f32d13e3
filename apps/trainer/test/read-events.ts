/** A value of a summary, as TensorBoard's protos have it. */
export interface ReadValue {
  readonly tag: string;
  readonly simpleValue?: number;
  readonly tensor?: {
    readonly dtype: number;
    readonly shape: readonly number[];
    readonly content?: Float64Array;
    readonly strings?: readonly string[];
  };
  readonly pluginName?: string;
  readonly dataClass?: number;
}

/** An event of a file, as TensorBoard's protos have it. */
export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion?: string;
  /** Status of a session log; 1 is START. */
  readonly session?: number;
  readonly values: readonly ReadValue[];
}

/**
 * Reads a TensorBoard event file, checksums included. Written from the protos and record_reader.cc, and shares nothing
 * with the writer. A record that is cut off ends the file, as it does for TensorBoard.
 *
 * @throws Error when a checksum is wrong
 */
export function readEvents(bytes: Uint8Array): ReadEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: ReadEvent[] = [];
  for (let at = 0; at + 12 <= bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    check(bytes.subarray(at, at + 8), view.getUint32(at + 8, true), at);
    if (at + 16 + length > bytes.length) break;
    const data = bytes.subarray(at + 12, at + 12 + length);
    check(data, view.getUint32(at + 12 + length, true), at);
    events.push(eventOf(data));
    at += length + 16;
  }
  return events;
}

/** Bit by bit, where the writer has a table; then TensorFlow's `((masked - delta) rotl 15)`. */
function check(data: Uint8Array, masked: number, at: number): void {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  const rotated = (masked - 0xa282ead8) >>> 0;
  if (((rotated >>> 17) | (rotated << 15)) >>> 0 !== (crc ^ 0xffffffff) >>> 0) {
    throw new Error(`readEvents: the record at byte ${at} must have its checksum, but has another`);
  }
}

type Fields = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

/** A message as the wire format has it. */
function fieldsOf(bytes: Uint8Array): Fields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const valueOf = (wire: number): number | Uint8Array => {
    if (wire === 0) return varint();
    if (wire === 1) return view.getFloat64((at += 8) - 8, true);
    if (wire === 5) return view.getFloat32((at += 4) - 4, true);
    if (wire !== 2) throw new Error(`readEvents: the wire type must be known, but is ${wire}`);
    const length = varint();
    return bytes.subarray(at, (at += length));
  };
  while (at < bytes.length) {
    const tag = varint();
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), valueOf(tag & 7)]);
  }
  return fields;
}

const numberAt = (fields: Fields, field: number): number => (fields.get(field)?.[0] ?? 0) as number;
const textOf = (value: number | Uint8Array): string => new TextDecoder().decode(value as Uint8Array);
const messagesAt = (fields: Fields, field: number): Fields[] =>
  (fields.get(field) ?? []).map((value) => fieldsOf(value as Uint8Array));

function eventOf(data: Uint8Array): ReadEvent {
  const event = fieldsOf(data);
  const version = event.get(3)?.[0];
  const session = messagesAt(event, 7)[0];
  return {
    wallTime: numberAt(event, 1),
    step: numberAt(event, 2),
    ...(version === undefined ? {} : { fileVersion: textOf(version) }),
    ...(session === undefined ? {} : { session: numberAt(session, 1) }),
    values: messagesAt(event, 5).flatMap((summary) => messagesAt(summary, 1).map(readValue)),
  };
}

function readValue(value: Fields): ReadValue {
  const simple = value.get(2)?.[0];
  const tensor = messagesAt(value, 8)[0];
  const metadata = messagesAt(value, 9)[0];
  const plugin = metadata === undefined ? undefined : messagesAt(metadata, 1)[0];
  return {
    tag: textOf(value.get(1)![0]!),
    ...(simple === undefined ? {} : { simpleValue: simple as number }),
    ...(tensor === undefined ? {} : { tensor: tensorOf(tensor) }),
    ...(plugin === undefined ? {} : { pluginName: textOf(plugin.get(1)![0]!) }),
    ...(metadata === undefined ? {} : { dataClass: numberAt(metadata, 4) }),
  };
}

function tensorOf(tensor: Fields): NonNullable<ReadValue['tensor']> {
  const content = tensor.get(4)?.[0] as Uint8Array | undefined;
  const strings = tensor.get(8);
  return {
    dtype: numberAt(tensor, 1),
    shape: messagesAt(tensor, 2).flatMap((shape) => messagesAt(shape, 2).map((dim) => numberAt(dim, 1))),
    ...(content === undefined ? {} : { content: new Float64Array(Uint8Array.from(content).buffer) }),
    ...(strings === undefined ? {} : { strings: strings.map(textOf) }),
  };
}
