import { compactCount } from '@nibble-ml/scaling-law';

/** A count with a separator of thousands. */
export const count = (value: number): string => Math.round(value).toLocaleString('en');

/** A number of parameters as people write it: `1.12M`. */
export const millions = (value: number): string => compactCount(value);

/** A loss, to four places. */
export const nats = (value: number | undefined): string => value?.toFixed(4) ?? '–';

/** A difference of losses with its sign. */
export const signedNats = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
