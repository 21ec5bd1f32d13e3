import type { Manifest } from './manifest.ts';

/** What tokenizing goes through, in this order. */
export type TokenizePhase = 'survey' | 'vocabulary' | 'tokenize';

/** What came out of tokenizing. */
export interface TokenizeDone {
  /** The dataset's folder. */
  readonly dir: string;
  /** SHA-256 of its manifest. */
  readonly sha256: string;
  readonly manifest: Manifest;
  /** Whether it was there already. */
  readonly reused: boolean;
  /** Wall time of this process, in seconds. */
  readonly seconds: number;
  /** Speed of tokenizing, in megabytes (10⁶ bytes) of text per second; undefined when nothing was left to do. */
  readonly megabytesPerSecond: number | undefined;
  /** Speed of training the vocabulary on its sample; undefined when it was given or there already. */
  readonly vocabularyMegabytesPerSecond: number | undefined;
}

/** Who watches tokenizing. */
export interface TokenizeObserver {
  /** Something worth a line. */
  note(text: string): void;
  /**
   * How far a phase is, in bytes of the sources or, for the vocabulary, in tokens.
   *
   * @param fresh - Bytes of text tokenized by this process.
   */
  progress(phase: TokenizePhase, done: number, total: number, fresh?: number): void;
}
