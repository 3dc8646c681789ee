import type { Buyer } from '../domain/buyer.ts';
import type { CommentEntry } from '../domain/live-show.ts';
import type { ItemClaims, ShowState } from '../domain/show-state.ts';
import { plural } from '../ui/format.ts';
import { AVAILABILITY, availabilityOf } from './availability.ts';
import { buyerChoices } from './buyer-choices.ts';
import { parseCommand } from './command.ts';
import type { Command, ShowCommand } from './command.ts';
import { isolated } from './isolated.ts';
import { awardWords, quantityWords } from './ripple-words.ts';

/** What choosing a line of the command bar does. */
export type Deed =
	| Exclude<Command, { kind: 'award' | 'show_commands' | 'fault' }>
	| { readonly kind: 'award'; readonly item: string; readonly buyer: Buyer }
	| { readonly kind: 'show_command'; readonly command: ShowCommand };

export type Suggestion = {
	readonly key: string;
	readonly title: string;
	/** What will come of it, or why it can't be done. */
	readonly detail: string;
	/** Null when it can't be done. */
	readonly deed: Deed | null;
};

export type SuggestionSources = {
	readonly state: ShowState;
	/** By number. */
	readonly items: readonly ItemClaims[];
	/** Newest first. */
	readonly comments: readonly CommentEntry[];
	readonly found: readonly Buyer[];
	readonly nextNumber: string;
	readonly mayOperate: boolean;
	/** What the next undo takes back, null for nothing. */
	readonly undo: string | null;
	readonly findItems: (typed: string) => readonly ItemClaims[];
};

const FOUND_ITEMS = 6;

function itemDetail(item: ItemClaims): string {
	const queue = item.waitlist.length > 0 ? `, ${item.waitlist.length} waiting` : '';
	const sold = `${item.winners.length} of ${item.quantity} sold`;
	return `${AVAILABILITY[availabilityOf(item)].label} · ${sold}${queue}`;
}

function jump(item: ItemClaims): Suggestion {
	const title = `Item ${item.number} · ${isolated(item.title)}`;
	const deed = { kind: 'jump', item: item.number } as const;
	return { key: `jump ${item.number}`, title, detail: itemDetail(item), deed };
}

function missing(number: string): Suggestion {
	return { key: 'missing', title: `Item ${number}`, detail: 'Not in this show.', deed: null };
}

function showCommand(command: ShowCommand, sources: SuggestionSources): Suggestion | null {
	const { status } = sources.state;
	const offer = (title: string, detail: string, possible = true): Suggestion => ({
		key: command,
		title,
		detail,
		deed: possible ? { kind: 'show_command', command } : null
	});
	if (command === 'help') return offer('Keyboard shortcuts', 'All keys of the console.');
	if (command === 'channels') return offer('Channels', 'How each broadcast is read.');
	if (!sources.mayOperate) return null;
	switch (command) {
		case 'activate':
			return status === 'draft' ? offer('Activate the show', 'Claims count from then on.') : null;
		case 'pause':
			return status === 'active' ? offer('Pause', 'Comments are logged but don’t count.') : null;
		case 'resume':
			return status === 'paused' ? offer('Resume', 'Claims count again.') : null;
		case 'end':
			return status === 'active' || status === 'paused'
				? offer('End the show', 'Asks first.')
				: null;
		case 'next':
			return status === 'ended' ? null : offer('Show the next item', 'To the host.');
		case 'undo':
			return offer('Undo', sources.undo ?? 'Nothing to take back.', sources.undo !== null);
		default:
			return command satisfies never;
	}
}

function awards(item: ItemClaims, handle: string, sources: SuggestionSources): Suggestion[] {
	if (item.winners.length >= item.quantity) {
		const detail = 'No unit is free. Raise the quantity, or reassign a winner’s unit.';
		return [{ key: 'sold out', title: `Award item ${item.number}`, detail, deed: null }];
	}
	const choices = buyerChoices(handle, { item, ...sources });
	return choices.map(({ buyer }) => {
		const { text, possible } = awardWords(sources.state, item.number, buyer);
		return {
			key: `award ${buyer.key}`,
			title: `Award item ${item.number} to ${isolated(buyer.handle)}`,
			detail: text,
			deed: possible ? { kind: 'award', item: item.number, buyer } : null
		};
	});
}

function onItem(
	command: Extract<Command, { readonly item: string }>,
	sources: SuggestionSources
): Suggestion[] {
	const item = sources.state.items.get(command.item);
	if (!item) return [missing(command.item)];
	const { number } = item;
	const show: Suggestion = {
		key: 'show',
		title: `Show item ${number}`,
		detail: isolated(item.title),
		deed: { kind: 'show', item: number }
	};
	const maySet = sources.mayOperate && sources.state.status !== 'ended';
	if (command.kind === 'jump') return maySet ? [jump(item), show] : [jump(item)];
	if (!maySet) return [jump(item)];
	switch (command.kind) {
		case 'show':
			return [show];
		case 'award':
			return awards(item, command.handle, sources);
		case 'quantity': {
			const { text, possible } = quantityWords(sources.state, number, command.quantity);
			const title = `Set item ${number} to ${plural(command.quantity, 'unit')}`;
			return [{ key: 'quantity', title, detail: text, deed: possible ? command : null }];
		}
		case 'open':
		case 'close': {
			const verb = command.kind === 'open' ? 'Open' : 'Close';
			const detail = command.kind === 'open' ? 'It takes claims.' : 'It takes no more claims.';
			return [{ key: command.kind, title: `${verb} item ${number}`, detail, deed: command }];
		}
		default:
			return command satisfies never;
	}
}

/** What the command bar offers for what was typed, best first. */
export function suggestionsFor(typed: string, sources: SuggestionSources): Suggestion[] {
	const command = parseCommand(typed, sources.nextNumber);
	if (!command) {
		if (typed.trim() === '') return [];
		return sources.findItems(typed).slice(0, FOUND_ITEMS).map(jump);
	}
	switch (command.kind) {
		case 'fault':
			return [{ key: 'fault', title: typed.trim(), detail: command.message, deed: null }];
		case 'show_commands': {
			const commands = command.commands
				.map((known) => showCommand(known, sources))
				.filter((offer) => offer !== null);
			const items = typed.trim() === '>' ? [] : sources.findItems(typed).slice(0, FOUND_ITEMS);
			return [...commands, ...items.map(jump)];
		}
		case 'add': {
			const { number, title, quantity } = command.draft;
			const taken = sources.state.items.has(number);
			const free = sources.mayOperate && sources.state.status !== 'ended' && !taken;
			const detail = taken ? `Item ${number} exists already.` : plural(quantity, 'unit');
			const line = `Add item ${number} · ${isolated(title)}`;
			return [{ key: 'add', title: line, detail, deed: free ? command : null }];
		}
		default:
			return onItem(command, sources);
	}
}
