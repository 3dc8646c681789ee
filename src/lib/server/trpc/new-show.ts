import { AppError } from '../errors.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import { findAppError } from './errors.ts';
import type { ShowControls } from './show-controls.ts';

export type NewItem = {
	readonly number: string;
	readonly title: string;
	readonly quantity: number;
};

/**
 * Adds the items of a new show, one event each, in order. When one fails, the error says how far it got:
 * the show exists by then, and creating it again would make a second one.
 */
export async function addItems(
	controls: ShowControls,
	show: ScopedShow,
	items: readonly NewItem[]
): Promise<void> {
	for (const [itemsAdded, item] of items.entries()) {
		try {
			await controls.addItem(item);
		} catch (error) {
			const refusal = findAppError(error);
			if (!refusal) throw error;
			throw new AppError(refusal.code, {
				message: `The show was created with ${itemsAdded} of ${items.length} items; the others could not be added. Open the show and add them there.`,
				details: { ...refusal.details, showId: show.id, itemsAdded },
				cause: error
			});
		}
	}
}
