import { bytesField, doubleField, floatField, joined, messageField, varintField } from './protobuf.ts';
import type { Field } from './protobuf.ts';

/** Counts between edges, for TensorBoard's histograms. */
export interface HistogramBins {
  /** Lower edge of the first bin. */
  readonly start: number;
  /** Width of every bin. */
  readonly width: number;
  readonly counts: readonly number[];
}

const DT_DOUBLE = 2;
const DT_STRING = 7;
const DATA_CLASS_TENSOR = 2;

// Field numbers of a `Summary.Value`: tag 1, simple_value 2, tensor 8, metadata 9.

/** A point of a curve, as `Summary.Value`. The short form that all versions of TensorBoard read. */
export const scalarValue = (tag: string, value: number): Field =>
  messageField(1, bytesField(1, tag), floatField(2, value));

/**
 * A histogram as `Summary.Value`: a double tensor `[bins, 3]` of lower edge, upper edge and count, as the histogram plugin
 * takes it.
 */
export function histogramValue(tag: string, { start, width, counts }: HistogramBins): Field {
  const numbers = counts.flatMap((count, bin) => [start + bin * width, start + (bin + 1) * width, count]);
  const content = new Uint8Array(8 * numbers.length);
  const view = new DataView(content.buffer);
  for (const [i, number] of numbers.entries()) view.setFloat64(8 * i, number, true);
  return messageField(
    1,
    bytesField(1, tag),
    // TensorProto: dtype 1, tensor_shape 2, tensor_content 4.
    messageField(8, varintField(1, DT_DOUBLE), shapeField(counts.length, 3), bytesField(4, content)),
    metadataOf('histograms'),
  );
}

/** A text in Markdown as `Summary.Value`. */
export const textValue = (tag: string, markdown: string): Field =>
  messageField(
    1,
    bytesField(1, tag),
    // string_val 8
    messageField(8, varintField(1, DT_STRING), shapeField(1), bytesField(8, markdown)),
    metadataOf('text'),
  );

/** An `Event` with values: wall_time 1, step 2, summary 5. */
export const summaryEvent = (seconds: number, step: number, values: readonly Field[]): Uint8Array =>
  joined([doubleField(1, seconds), varintField(2, step), messageField(5, ...values)]);

/** The `Event` that begins a file: wall_time 1, file_version 3. */
export const versionEvent = (seconds: number): Uint8Array =>
  joined([doubleField(1, seconds), bytesField(3, 'brain.Event:2')]);

/** An `Event` with a session_log (7) whose status (1) is START: TensorBoard drops what it has from this step on. */
export const restartEvent = (seconds: number, step: number): Uint8Array =>
  joined([doubleField(1, seconds), varintField(2, step), messageField(7, varintField(1, 1))]);

/** TensorShapeProto: dim 2, each with a size 1. */
const shapeField = (...sizes: readonly number[]): Field =>
  messageField(2, ...sizes.map((size) => messageField(2, varintField(1, size))));

/** SummaryMetadata: plugin_data 1 with a plugin_name 1, data_class 4. */
const metadataOf = (plugin: string): Field =>
  messageField(9, messageField(1, bytesField(1, plugin)), varintField(4, DATA_CLASS_TENSOR));
