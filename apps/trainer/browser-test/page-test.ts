/** A test that runs in the page. */
export interface PageTest {
  readonly name: string;
  /** Rejects when the test fails. */
  readonly run: () => Promise<void>;
}

/** How a test of the page ended. */
export interface Outcome {
  readonly name: string;
  /** Undefined when the test passed. */
  readonly error: string | undefined;
  readonly seconds: number;
}

/** Runs tests one after another, since all share tfjs's one engine, and hands on each outcome as it comes. */
export async function runPageTests(
  tests: readonly PageTest[],
  report: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, run } of tests) {
    const start = performance.now();
    const error = await run().then(
      () => undefined,
      (reason: unknown) => (reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)),
    );
    const outcome = { name, error, seconds: (performance.now() - start) / 1000 };
    outcomes.push(outcome);
    report(outcome);
  }
  return outcomes;
}

/**
 * Checks that two arrays have the same bits.
 *
 * @throws Error that names the first difference
 */
export function expectSameBits(actual: Uint32Array, expected: Uint32Array, what: string): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} values, expected ${expected.length}`);
  }
  const index = actual.findIndex((bits, at) => bits !== expected[at]);
  if (index === -1) return;
  const [got, wanted] = [actual, expected].map((bits) => `0x${bits[index]!.toString(16).padStart(8, '0')}`);
  throw new Error(`${what}: value ${index} of ${actual.length} has the bits ${got}, expected ${wanted}`);
}
