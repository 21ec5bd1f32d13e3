export { averageSeeds, seedSpread } from './data/average-seeds.ts';
export type { SeedSpread } from './data/average-seeds.ts';
export type { Baseline } from './data/observations.ts';
export { parseRecords } from './data/parse-records.ts';
export type { ScalingRecord } from './data/scaling-record.ts';
export { gridPoints, simulateLaw, simulateRecords } from './data/simulate-records.ts';
export type { LawSimulationOptions, SimulationOptions } from './data/simulate-records.ts';
export { parseExpression } from './expression/parse-expression.ts';
export type { CompiledExpression } from './expression/compile-expression.ts';
export type { Expression, FunctionName, LevelKind, NameExpression } from './expression/expression.ts';
export { fitLaw } from './fit/fit-law.ts';
export type { FitOptions, IntervalKind, Resampling } from './fit/fit-options.ts';
export type { FitResult, FittedParameter } from './fit/fit-result.ts';
export { UnidentifiableError } from './fit/identifiability.ts';
export type { InformationCriteria } from './fit/information-criteria.ts';
export type { StartGrid } from './fit/start-grid.ts';
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
export { effectiveParameterMultiplier } from './predict/effective-parameters.ts';
export { activationToWeightRatio, predictDeltaBySumRule, SUM_RULE_FACTOR } from './predict/error-decomposition.ts';
export type { ErrorParts } from './predict/error-decomposition.ts';
export { predictDelta, predictLoss } from './predict/predict.ts';
export { createRandom } from './statistics/random.ts';
export type { RandomSource } from './statistics/random.ts';
export { fitLawInWorkers } from './workers/fit-law-in-workers.ts';
export type { FitProgress, WorkerFitOptions } from './workers/fit-law-in-workers.ts';
export { webFitWorker } from './workers/fit-worker.ts';
export type { FitWorker } from './workers/fit-worker.ts';
export type { FromWorker, ToWorker } from './workers/messages.ts';
