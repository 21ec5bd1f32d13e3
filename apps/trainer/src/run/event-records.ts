import {
  histogramValue,
  restartEvent,
  scalarValue,
  summaryEvent,
  textValue,
  versionEvent,
} from './summary.ts';
import type { HistogramBins } from './summary.ts';
import { tfRecord } from './tf-record.ts';

/** Writes what TensorBoard shows. */
export interface EventWriter {
  /** Adds one point of a curve. */
  scalar(tag: string, value: number, step: number): void;
  /** Adds one point of several curves, in one record. */
  scalars(values: Readonly<Record<string, number>>, step: number): void;
  /** Adds a histogram. */
  histogram(tag: string, bins: HistogramBins, step: number): void;
  /** Adds a text in Markdown. */
  text(tag: string, markdown: string, step: number): void;
  /** Closes the file. */
  close(): void;
}

/** Options of {@link eventWriterOver}. */
export interface EventRecordsOptions {
  /** Step that a resumed run goes on after: TensorBoard drops what an earlier file has after it. */
  resumeStep?: number;
  /** Seconds since 1970; default the system's clock. */
  nowSeconds?: () => number;
}

/** A new file that events are appended to. */
export interface EventFile {
  /** Appends bytes. */
  write(bytes: Uint8Array): void;
  /** Closes the file. */
  close(): void;
}

/**
 * Writes a TensorBoard event file: TFRecords of `Event` messages.
 *
 * Source: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto and lib/io/record_writer.cc.
 *
 * @param file - Empty.
 */
export function eventWriterOver(file: EventFile, options: EventRecordsOptions = {}): EventWriter {
  const { resumeStep, nowSeconds = () => Date.now() / 1000 } = options;
  const write = (event: Uint8Array): void => file.write(tfRecord(event));
  write(versionEvent(nowSeconds()));
  if (resumeStep !== undefined) write(restartEvent(nowSeconds(), resumeStep + 1));
  return {
    scalar: (tag, value, step) => write(summaryEvent(nowSeconds(), step, [scalarValue(tag, value)])),
    scalars: (values, step) =>
      write(
        summaryEvent(
          nowSeconds(),
          step,
          Object.entries(values).map(([tag, value]) => scalarValue(tag, value)),
        ),
      ),
    histogram: (tag, bins, step) => write(summaryEvent(nowSeconds(), step, [histogramValue(tag, bins)])),
    text: (tag, markdown, step) => write(summaryEvent(nowSeconds(), step, [textValue(tag, markdown)])),
    close: () => file.close(),
  };
}

/**
 * The stamp in the name of the next event file of a run, in whole seconds: TensorBoard reads files in the order of their
 * names, so it is after those that are there.
 *
 * @param names - Of all files in the folder.
 */
export function nextStamp(names: readonly string[], nowSeconds: number): string {
  const stamps = names.flatMap((name) => /^events\.out\.tfevents\.(\d+)\./.exec(name)?.[1] ?? []);
  const last = Math.max(0, ...stamps.map(Number));
  return String(Math.max(Math.floor(nowSeconds), last + 1)).padStart(10, '0');
}
