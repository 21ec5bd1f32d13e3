import { closeSync, openSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeAll } from './durable-file.ts';
import { makeFolder } from './make-folder.ts';
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
  /** The file that is written. */
  readonly path: string;
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

/** Options of {@link createEventWriter}. */
export interface EventWriterOptions {
  /** Step that a resumed run goes on after: TensorBoard drops what an earlier file has after it. */
  resumeStep?: number;
  /** Seconds since 1970; default the system's clock. */
  nowSeconds?: () => number;
}

/**
 * Opens a TensorBoard event file in a folder: TFRecords of `Event` messages. Every process of a run writes a file of its
 * own, whose name sorts after those that are there, as TensorBoard reads them in the order of their names.
 *
 * Source: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto and lib/io/record_writer.cc.
 *
 * @param folder - Made if it is not there.
 */
export function createEventWriter(folder: string, options: EventWriterOptions = {}): EventWriter {
  const { resumeStep, nowSeconds = () => Date.now() / 1000 } = options;
  makeFolder(folder);
  const seconds = Math.max(Math.floor(nowSeconds()), lastStamp(folder) + 1);
  const path = join(
    folder,
    `events.out.tfevents.${String(seconds).padStart(10, '0')}.${hostname()}.${process.pid}`,
  );
  const file = openSync(path, 'ax');
  const write = (event: Uint8Array): void => writeAll(file, tfRecord(event));
  write(versionEvent(nowSeconds()));
  if (resumeStep !== undefined) write(restartEvent(nowSeconds(), resumeStep + 1));
  return {
    path,
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
    close: () => closeSync(file),
  };
}

/** The latest time in the names of the event files of a folder. */
function lastStamp(folder: string): number {
  const stamps = readdirSync(folder).flatMap(
    (name) => /^events\.out\.tfevents\.(\d+)\./.exec(name)?.[1] ?? [],
  );
  return Math.max(0, ...stamps.map(Number));
}
