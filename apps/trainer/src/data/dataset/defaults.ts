/** Tokens of a full shard when nobody says how many: 128 MiB of 16-bit ids. */
export const defaultShardTokens: number = 2 ** 26;

/** Seed of the split by document. Not the run's: runs of several seeds are validated on the same documents. */
export const defaultSplitSeed = 0;
