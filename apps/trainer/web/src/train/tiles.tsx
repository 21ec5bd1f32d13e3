import type { VNode } from 'preact';
import { formatBytes } from '../../../src/memory/byte-size.ts';
import { duration } from '../../../src/training/duration.ts';
import { useLab } from '../state/lab-context.ts';
import { isBusy } from '../state/lab-run.ts';
import type { LabRun } from '../state/lab-run.ts';
import { count, millions, nats } from './format.ts';
import { recentMean } from './recent-mean.ts';

/** The figures of a run at a glance. */
export function Tiles({ run }: { readonly run: LabRun }): VNode {
  const lab = useLab();
  const { config, parameters, step: known } = run.summary.value;
  const { record } = run;
  // Reads the revision, so that the tiles follow the run.
  const step = record.revision.value > 0 ? record.step : known;
  const speed = recentMean(record.tokensPerSecond, 10);
  const evaluation = record.evaluations.at(-1);
  const { done } = record;
  const tokensLeft = (config.steps - step) * config.batchSize * config.context * config.gradientAccumulation;
  const memory = lab.memory.value;
  return (
    <dl class="tiles">
      <Tile
        label="Step"
        value={count(step)}
        note={
          isBusy(run.summary.value) && speed !== undefined && tokensLeft > 0
            ? `of ${count(config.steps)}, ${duration(tokensLeft / speed)} left`
            : `of ${count(config.steps)}`
        }
      />
      <Tile
        label="Training loss"
        value={nats(done?.trainLoss ?? recentMean(record.loss, Math.max(1, Math.ceil(step / 10))))}
        note="nats per token, last tenth"
      />
      <Tile
        label="Validation loss"
        value={nats(evaluation?.valLoss)}
        note={
          evaluation === undefined
            ? 'not measured yet'
            : `${evaluation.bitsPerByte.toFixed(3)} bits per byte, step ${count(evaluation.step)}`
        }
      />
      <Tile
        label="Speed"
        value={speed === undefined ? '–' : count(speed)}
        note={`tokens/s, ${millions(parameters)} parameters`}
      />
      <Tile
        label="Memory"
        value={memory === undefined ? '–' : formatBytes(memory.deviceBytes)}
        note={
          memory === undefined
            ? 'measured while a run trains'
            : `of the device, at most ${formatBytes(memory.peakBytes)}; ${count(memory.tensors)} tensors have ${formatBytes(memory.tensorBytes)}`
        }
      />
    </dl>
  );
}

function Tile(props: { readonly label: string; readonly value: string; readonly note: string }): VNode {
  return (
    <div class="tile">
      <dt class="label">{props.label}</dt>
      <dd class="value">{props.value}</dd>
      <dd class="note">{props.note}</dd>
    </div>
  );
}
