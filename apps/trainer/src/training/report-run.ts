import { curvesOf } from '../report/curves.ts';
import { writeReport } from '../report/write-report.ts';
import { readMetrics } from '../run/metrics.ts';
import { openRun } from '../run/run-folder.ts';
import type { ClipRange } from './clip-range.ts';
import { duration } from './duration.ts';
import { recipeOf } from './prepare.ts';
import type { TrainDone } from './train-observer.ts';
import type { ActiveRun } from './train-steps.ts';

/**
 * Writes the report of a finished run.
 *
 * @param clips - where the learned clip factors ended up, if there are some
 * @returns the path of `report.html`
 */
export function reportRun(
  { dir, config, backend, state }: ActiveRun,
  done: Omit<TrainDone, 'report'>,
  clips?: ClipRange,
): string {
  const { record } = openRun(dir);
  const below = done.unigramNats - done.valLoss;
  return writeReport(dir, {
    title: `${config.model}, ${recipeOf(config).name}`,
    subtitle: `${done.steps} steps on ${backend.name}: ${backend.adapter}`,
    summary: [
      {
        label: 'Validation loss, nats per token',
        value: done.valLoss.toFixed(4),
        note: `${Math.abs(below).toFixed(2)} ${below >= 0 ? 'below' : 'above'} the unigram entropy of ${done.unigramNats.toFixed(4)}`,
      },
      { label: 'Bits per byte', value: done.bitsPerByte.toFixed(4), note: 'on the validation text' },
      {
        label: 'Training loss, nats per token',
        value: done.trainLoss.toFixed(4),
        note: 'mean of the last tenth of the steps',
      },
      { label: 'Tokens trained on', value: done.tokens.toLocaleString('en'), note: `in ${done.steps} steps` },
      {
        label: 'Took',
        value: duration(done.seconds),
        note: `${Math.round(done.tokens / done.seconds).toLocaleString('en')} tokens per second, all included`,
      },
      ...(clips === undefined
        ? []
        : [
            {
              label: 'Learned clip factors, mean',
              value: clips.mean.toFixed(3),
              note: `${clips.count} of them, from ${clips.least.toFixed(3)} to ${clips.most.toFixed(3)}`,
            },
          ]),
    ],
    runs: [curvesOf(recipeOf(config).name, readMetrics(dir))],
    unigramNats: done.unigramNats,
    gemms: state.linears.gemms(),
    ...(done.sample === undefined ? {} : { sample: done.sample }),
    config: { ...config },
    adapter: { backend: backend.name, ...record.adapter, reason: backend.reason },
    versions: record.versions,
  });
}
