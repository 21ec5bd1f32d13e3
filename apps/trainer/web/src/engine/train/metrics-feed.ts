import type { MetricsRecord } from '../../../../src/run/metrics-lines.ts';
import type { MetricsLine } from '../metrics-line.ts';
import type { RunId } from '../run-summary.ts';
import type { MetricsEvent } from '../engine-event.ts';

/** Milliseconds between two messages: a frame. */
const EVERY = 1000 / 60;

/** Tells the page the lines of a run's metrics, several at once. */
export class MetricsFeed {
  readonly #run: RunId;
  readonly #post: (event: MetricsEvent) => void;
  #lines: MetricsLine[] = [];
  #toldAt = -Infinity;

  /** @param post - told the lines */
  constructor(run: RunId, post: (event: MetricsEvent) => void) {
    this.#run = run;
    this.#post = post;
  }

  /** Adds a line, and tells what there is when it is time. Whoever adds lines flushes in the end. */
  add(line: MetricsRecord): void {
    this.#lines.push(line as unknown as MetricsLine);
    if (performance.now() - this.#toldAt > EVERY) this.flush();
  }

  /** Tells what there is. */
  flush(): void {
    if (this.#lines.length === 0) return;
    this.#post({ type: 'metrics', run: this.#run, lines: this.#lines });
    this.#lines = [];
    this.#toldAt = performance.now();
  }
}
