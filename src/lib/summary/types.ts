import type { ApiOutputs } from '../console/api.ts';

export type Summary = ApiOutputs['summary']['get'];
export type ItemSummary = Summary['items'][number];
export type Timeline = NonNullable<Summary['timeline']>;
export type Holder = ItemSummary['winners'][number];
