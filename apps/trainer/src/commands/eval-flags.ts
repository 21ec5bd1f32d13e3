import type { ChosenBackend } from '../backend/choose-backend.ts';
import { dependsOnBatch } from '../evaluation/depends-on-batch.ts';
import type { Scorer } from '../evaluation/score-sequences.ts';
import type { TrainedModel } from '../training/load-trained.ts';
import { numberIn } from './options.ts';

/** The flags of `nibble eval`, as commander reads them. */
export interface EvalFlags {
  readonly data?: string;
  readonly textField?: string;
  readonly stride?: string;
  readonly tasks?: string;
  readonly limit?: string;
  readonly batchSize?: string;
  readonly recipe?: string;
  readonly backend: string;
  readonly json?: boolean;
}

/**
 * Refuses flags that do not go together.
 *
 * @throws RangeError naming them
 */
export function refuseTogether({ tasks, data, textField, stride, limit }: EvalFlags): void {
  const others = Object.entries({ '--data': data, '--text-field': textField, '--stride': stride });
  const [other] = others.find(([, value]) => value !== undefined) ?? [];
  if (tasks !== undefined && other !== undefined) {
    throw new RangeError(`--tasks reads files of its own, but ${other} was given; leave one of them out`);
  }
  if (tasks === undefined && limit !== undefined) {
    throw new RangeError('--limit counts the documents of --tasks, but there are none; leave it out');
  }
}

/**
 * What scores sequences with a run's model.
 *
 * @throws RangeError when a flag is out of range
 */
export function scorerOf(
  { config, model, linears }: TrainedModel,
  backend: ChosenBackend,
  flags: EvalFlags,
): Scorer {
  const rows =
    flags.batchSize === undefined
      ? config.batchSize
      : numberIn('--batch-size', flags.batchSize, [1, 65_536], true);
  return {
    model,
    linear: linears.linear,
    batchTokens: rows * model.config.context,
    dependsOnBatch: dependsOnBatch(linears.recipe),
    checkErrors: () => backend.checkErrors(),
  };
}
