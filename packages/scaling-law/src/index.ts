export { averageSeeds, seedSpread } from './data/average-seeds.ts';
export type { SeedSpread } from './data/average-seeds.ts';
export type { Baseline, LogOf } from './data/observations.ts';
export { parseJsonlRecords, parseRecords, recordsFromRows } from './data/parse-records.ts';
export type { ScalingRecord } from './data/scaling-record.ts';
export { gridPoints, simulateLaw, simulateRecords } from './data/simulate-records.ts';
export type { LawSimulationOptions, SimulationOptions } from './data/simulate-records.ts';
export { parseExpression } from './expression/parse-expression.ts';
export type { CompiledExpression } from './expression/compile-expression.ts';
export type { Expression, FunctionName, LevelKind, NameExpression } from './expression/expression.ts';
export { compareLaws, rankFits } from './fit/compare-laws.ts';
export type { ComparedLaw } from './fit/compare-laws.ts';
export { diagnoseFit } from './fit/diagnose-fit.ts';
export type { RunDiagnostics } from './fit/diagnose-fit.ts';
export { fitLaw } from './fit/fit-law.ts';
export type { FitOptions, IntervalKind, Resampling } from './fit/fit-options.ts';
export type { FitResult, FittedParameter, InputRanges } from './fit/fit-result.ts';
export { UnidentifiableError } from './fit/identifiability.ts';
export type { InformationCriteria } from './fit/information-criteria.ts';
export { leaveOneSizeOut } from './fit/leave-one-size-out.ts';
export type { HeldOutSize } from './fit/leave-one-size-out.ts';
export type { StartGrid } from './fit/start-grid.ts';
export { isoflopBias } from './isoflop/isoflop-bias.ts';
export type { IsoflopBias } from './isoflop/isoflop-bias.ts';
export { ISOFLOP_BIAS, isoflopFit } from './isoflop/isoflop-fit.ts';
export type { IsoflopCurve, IsoflopFit } from './isoflop/isoflop-fit.ts';
export type { Parabola } from './isoflop/polynomial-fit.ts';
export { chinchilla, chinchillaTied } from './laws/chinchilla.ts';
export type { ChinchillaParameters } from './laws/chinchilla.ts';
export { defineLaw, withLevels } from './laws/define-law.ts';
export type { LawDefinition, ScalingLaw } from './laws/define-law.ts';
export { lawNamed, lawNames, laws } from './laws/law-named.ts';
export { indexedName } from './laws/levels.ts';
export type { Levels } from './laws/levels.ts';
export type { ParameterDomain, ParameterSpec, ParameterValues } from './laws/parameter.ts';
export type { ScalingInput, ScalingPoint } from './laws/point.ts';
export { bitsOfPrecision, highPrecisions, isHighPrecision } from './laws/precision-bits.ts';
export type { PrecisionBits } from './laws/precision-bits.ts';
export { precisionLaw, weightActivationPrecisionLaw } from './laws/precision-law.ts';
export type { PrecisionLawParameters } from './laws/precision-law.ts';
export { effectiveParameters, priorDeltaLaw } from './laws/prior-law.ts';
export { chinchillaConstants, precisionLawConstants, qatDeltaConstants } from './laws/published.ts';
export type { ChinchillaFitName, QatPrecision } from './laws/published.ts';
export {
  qat,
  qatDelta,
  qatDeltaJoint,
  qatDeltaShared,
  qatDeltaWithoutTokens,
  qatFree,
  qatJoint,
  sizeDelta,
} from './laws/qat-law.ts';
export type { QatDeltaParameters } from './laws/qat-law.ts';
export { lawFromFormula } from './laws/user-law.ts';
export type { UserLawOptions } from './laws/user-law.ts';
export { defaultCostModel, inferenceFlops, trainingFlops, weightBytes } from './plan/cost-model.ts';
export type { CostModel, PrecisionChoice } from './plan/cost-model.ts';
export { planLawsOfFit } from './plan/laws-of-fit.ts';
export { publishedPlanLaws } from './plan/plan-query.ts';
export type { PlanLaws, PlanQuery } from './plan/plan-query.ts';
export { planTraining } from './plan/plan-training.ts';
export type { Plan } from './plan/plan-training.ts';
export { compactCount } from './plot/compact-number.ts';
export { fitFigures } from './plot/fit-figures.ts';
export type { Figures } from './plot/fit-figures.ts';
export { computeOptimal, TRAINING_FLOPS_PER_PARAMETER_TOKEN } from './predict/compute-optimal.ts';
export type { Allocation } from './predict/compute-optimal.ts';
export { effectiveParameterMultiplier, multiplierOfError } from './predict/effective-parameters.ts';
export {
  activationToWeightRatio,
  decomposeError,
  overtakingTokensPerParameter,
  predictDeltaBySumRule,
  SUM_RULE_FACTOR,
} from './predict/error-decomposition.ts';
export type { DecomposedError, ErrorParts } from './predict/error-decomposition.ts';
export { predictWithInterval, refitInterval, valuesOf } from './predict/predict-interval.ts';
export type { PredictedValue, PredictionOptions } from './predict/predict-interval.ts';
export { predictDelta, predictLoss } from './predict/predict.ts';
export {
  comparisonTable,
  correlationTable,
  diagnosticsTable,
  isoflopTable,
  parameterTable,
  planTable,
  validationTable,
} from './report/fit-tables.ts';
export { markdownReport } from './report/markdown-report.ts';
export type { ReportParts } from './report/markdown-report.ts';
export { markdownTable, textTable } from './report/table.ts';
export type { Table } from './report/table.ts';
export { unfittedNotes } from './report/unfitted-law.ts';
export type { UnfittedLaw } from './report/unfitted-law.ts';
export { createRandom } from './statistics/random.ts';
export type { RandomSource } from './statistics/random.ts';
export { studentCdf, studentQuantile } from './statistics/student-t.ts';
export { fitLawInWorkers } from './workers/fit-law-in-workers.ts';
export type { FitProgress, WorkerFitOptions } from './workers/fit-law-in-workers.ts';
export { webFitWorker } from './workers/fit-worker.ts';
export type { FitWorker, WebWorkerLike } from './workers/fit-worker.ts';
