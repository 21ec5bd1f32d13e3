/** One document of a task, as its file has it, and where it is: `FILE:LINE`, or `FILE, row N` of a Parquet file. */
export interface EvaluationRecord {
  readonly value: unknown;
  readonly where: string;
}
