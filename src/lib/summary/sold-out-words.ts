import { duration } from './durations.ts';
import type { ItemSummary } from './types.ts';

type SoldOut = ItemSummary['soldOut'];

const SINCE: Record<NonNullable<NonNullable<SoldOut>['after']>['from'], string> = {
	// The rule, as the page says: nothing to add.
	shown: '',
	opened: 'since it was opened',
	added: 'since it was added',
	started: 'since the start'
};

/** How fast an item sold out, in words; empty for one that did not. */
export function soldOutWords(soldOut: SoldOut): {
	readonly value: string;
	/** What the time counts from. */
	readonly since: string;
	/** `in 12 s` */
	readonly short: string;
} {
	if (soldOut === null) return { value: '', since: '', short: '' };
	const { after } = soldOut;
	if (after === null) {
		return { value: 'Before the sale', since: 'awarded beforehand', short: 'beforehand' };
	}
	return { value: duration(after.ms), since: SINCE[after.from], short: `in ${duration(after.ms)}` };
}
