import { SingleBar } from 'cli-progress';

/** Shows how far work is. */
export interface ShareProgress {
  /** @param share - of the work, 0 to 1 */
  update(share: number): void;
  /** Takes the bar away. */
  stop(): void;
}

/** Milliseconds between two lines where there is no terminal. */
const LINE_EVERY = 10_000;

/** Shows progress on standard error: a bar on a terminal, else a line every ten seconds. */
export function showShare(what: string, output: NodeJS.WriteStream = process.stderr): ShareProgress {
  if (!output.isTTY) {
    let last = performance.now();
    return {
      update(share) {
        if (performance.now() - last < LINE_EVERY) return;
        last = performance.now();
        output.write(`${what}: ${Math.floor(100 * share)} %\n`);
      },
      stop: () => {},
    };
  }
  const bar = new SingleBar({
    stream: output,
    format: `${what} {bar} {percentage} %  {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(1, 0);
  return { update: (share) => bar.update(share), stop: () => bar.stop() };
}
