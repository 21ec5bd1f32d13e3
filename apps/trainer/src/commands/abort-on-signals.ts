/** A signal that Ctrl-C, or a request to end, aborts. */
export interface SignalAbort {
  readonly signal: AbortSignal;
  /** Gives the signals back to the system. */
  stop(): void;
}

/**
 * Turns SIGINT and SIGTERM into an abort, so that work can be stopped at a good place. A second signal ends the process at
 * once, with 130 or 143 as shells count; checkpoints are atomic, so that is safe too. Signals that come while WebAssembly
 * keeps the thread are noticed when it lets go of it, after a step.
 *
 * @param notice - what the user is told
 */
export function abortOnSignals(notice = 'stopping after this step'): SignalAbort {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    process.stderr.write(`\n${notice}; press Ctrl-C again to stop at once\n`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
