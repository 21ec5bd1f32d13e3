/**
 * Name of the kernel in tfjs's registry: input `x`, attributes `ThresholdPlan`; one output, float32 `[2]`: the lower and the
 * upper threshold.
 */
export const OCC_TENSOR_THRESHOLDS = 'OccTensorThresholds';
