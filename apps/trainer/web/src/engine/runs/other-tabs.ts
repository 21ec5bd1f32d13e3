import type { RunId } from '../run-summary.ts';

/** What tabs tell each other. */
export interface TabMessage {
  readonly type: 'changed' | 'deleted';
  readonly run: RunId;
}

/** The other tabs of the lab in this browser. */
export class OtherTabs {
  readonly #channel = new BroadcastChannel('nibble-lab');

  /** @param onMessage - told what other tabs change */
  constructor(onMessage: (message: TabMessage) => void) {
    this.#channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => onMessage(data));
  }

  /** Tells the others. */
  tell(message: TabMessage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel stays within its origin
    this.#channel.postMessage(message);
  }
}
