import { defaultText } from '../src/data/default-text.ts';

/** A text on which a run takes seconds. */
export const smallText = (): string => defaultText().text.slice(0, 60_000);

/** A sweep of tiny models on `text.txt` in the working directory; `rest` follows. */
export const sweepOf = (rest: string): string =>
  `data = "text.txt"\nmodel = "nano"\nvocabSize = 260\ncontext = 32\nbatchSize = 4\nbackend = "wasm"\nlayerStatistics = false\n${rest}`;
