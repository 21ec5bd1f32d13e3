import type { FitResult } from '@nibble-ml/scaling-law';
import { z } from 'zod';
import { readText } from '../data/read-text.ts';

/** What a plan takes from a fit; `inputs` is not there in files of earlier versions. */
export type StoredFit = Pick<FitResult, 'law' | 'precision' | 'parameters'> &
  Partial<Pick<FitResult, 'inputs'>>;

const range = z.tuple([z.number(), z.number()]);

const storedFitSchema: z.ZodType<StoredFit> = z.object({
  law: z.string(),
  precision: z.string().nullable(),
  parameters: z.record(
    z.string(),
    z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() }),
  ),
  inputs: z.object({ N: range, D: range, G: range.nullable() }).exactOptional(),
});

/**
 * Reads the `fit.json` or `--json` output of `nibble fit`.
 *
 * @throws Error or RangeError naming the file, when it cannot be read or is something else
 */
export function readFit(file: string): StoredFit {
  let json: unknown;
  try {
    json = JSON.parse(readText(file).text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Error(`--fit must be the JSON of nibble fit, but ${file} is not: ${cause.message}`, { cause });
  }
  const fit = storedFitSchema.safeParse(json);
  if (fit.success) return fit.data;
  const [{ path, message }] = fit.error.issues as [z.core.$ZodIssue];
  throw new RangeError(
    `--fit must be the JSON of nibble fit, but ${file} is not: ${path.join('.')}: ${message}`,
  );
}
