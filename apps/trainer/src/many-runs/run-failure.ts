import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../run/durable-file.ts';
import { makeFolder } from '../run/make-folder.ts';

const failureSchema = z.object({ message: z.string() });
const failurePath = (dir: string): string => join(dir, 'failed.json');

/** Writes down in a run's folder why training it failed; it is tried again the next time. */
export function recordFailure(dir: string, message: string): void {
  makeFolder(dir);
  replaceFile(failurePath(dir), `${JSON.stringify({ message })}\n`);
}

/** Removes what {@link recordFailure} wrote. */
export function forgetFailure(dir: string): void {
  rmSync(failurePath(dir), { force: true });
}

/** Returns why training a run failed the last time; undefined when it did not. */
export function failureOf(dir: string): string | undefined {
  if (!existsSync(failurePath(dir))) return undefined;
  return failureSchema.parse(JSON.parse(readFileSync(failurePath(dir), 'utf8'))).message;
}
