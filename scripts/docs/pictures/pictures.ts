import { formatGrids } from './format-grids.ts';
import { gradientEstimator } from './gradient-estimator.ts';
import { outlierClamping } from './outlier-clamping.ts';
import { packageLayers } from './package-layers.ts';

/** The drawn pictures of the documentation, by the names of their files in `docs/pictures`. */
export const pictures: ReadonlyMap<string, () => string> = new Map([
  ['format-grids.svg', formatGrids],
  ['gradient-estimator.svg', gradientEstimator],
  ['outlier-clamping.svg', outlierClamping],
  ['package-layers.svg', packageLayers],
]);
