import { closeSync, openSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeAll } from './durable-file.ts';
import { eventWriterOver, nextStamp } from './event-records.ts';
import type { EventRecordsOptions, EventWriter } from './event-records.ts';
import { makeFolder } from './make-folder.ts';

/** Writes the events of one process of a run. */
export interface EventFileWriter extends EventWriter {
  /** The file that is written. */
  readonly path: string;
}

/**
 * Opens a TensorBoard event file in a folder. Every process of a run writes a file of its own, whose name sorts after those
 * that are there.
 *
 * @param folder - Made if it is not there.
 */
export function createEventWriter(folder: string, options: EventRecordsOptions = {}): EventFileWriter {
  const { nowSeconds = () => Date.now() / 1000 } = options;
  makeFolder(folder);
  const stamp = nextStamp(readdirSync(folder), nowSeconds());
  const path = join(folder, `events.out.tfevents.${stamp}.${hostname()}.${process.pid}`);
  const file = openSync(path, 'ax');
  const writer = eventWriterOver(
    { write: (bytes) => writeAll(file, bytes), close: () => closeSync(file) },
    options,
  );
  return { ...writer, path };
}
