import type { ApiOutputs } from '../console/api.ts';

export type DirectoryRow = ApiOutputs['buyers']['directory']['buyers'][number];
export type ShowBuyer = ApiOutputs['buyers']['list']['buyers'][number];
export type Person = ApiOutputs['buyers']['get'];
export type Identity = Person['identities'][number];
export type BuyerClaim = ApiOutputs['buyers']['claims']['claims'][number];
export type TagInUse = ApiOutputs['buyers']['tags'][number];
export type Slip = ApiOutputs['buyers']['slips']['slips'][number];
