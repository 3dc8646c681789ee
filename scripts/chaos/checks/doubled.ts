import type { ShowEvent } from '../../../src/lib/domain/events.ts';
import type { HistoryLine, Invoke, Operation } from '../history.ts';
import { loggedComments } from './evidence.ts';
import type { Evidence, Finding } from './evidence.ts';
import { writeDown } from './sheet.ts';
import type { Sheets } from './sheet.ts';

/**
 * Nothing has an effect twice, or one that it must not have: a comment is in the log once, a claim is made
 * once, a buyer holds one claim on an item, an action is done at most once and not at all when it was
 * refused, and a forged webhook does nothing.
 */
export function checkDoubled(evidence: Evidence): Finding[] {
	const messages = [
		...doubledComments(evidence),
		...doubledClaims(evidence.log),
		...doubledActions(evidence),
		...forgedComments(evidence)
	];
	return messages.map((message) => ({ kind: 'doubled', message }));
}

function doubledComments({ log }: Evidence): string[] {
	return [...loggedComments(log)]
		.filter(([, events]) => events.length > 1)
		.map(([key, events]) => `${key} is in the log at ${events.map(({ seq }) => seq).join(', ')}`);
}

function doubledClaims(log: readonly ShowEvent[]): string[] {
	const made = new Set<string>();
	const messages: string[] = [];
	const sheets: Sheets = new Map();
	for (const event of log) {
		if (event.type === 'claim.created') {
			const { claimId, buyer, item } = event.data;
			if (made.has(claimId)) messages.push(`${event.id}: claim ${claimId} is made twice`);
			made.add(claimId);
			const sheet = sheets.get(item);
			if (sheet?.winners.has(buyer.key) || sheet?.queue.has(buyer.key)) {
				messages.push(`${event.id}: ${buyer.key} holds item ${item} already`);
			}
		}
		writeDown(sheets, event);
	}
	return messages;
}

/** How often the log shows what the operation does; null for one that leaves no mark of its own. */
function effects(log: readonly ShowEvent[], operation: Operation): number | null {
	const count = (matches: (event: ShowEvent) => boolean): number => log.filter(matches).length;
	switch (operation.kind) {
		case 'award':
		case 'reassign':
			return count(
				(event) => event.type === 'claim.created' && event.data.buyer.key === operation.mark
			);
		case 'release':
			return count(
				(event) =>
					event.type === 'claim.released' &&
					event.data.claimId === operation.claimId &&
					event.data.cause.kind === 'operator' &&
					event.data.cause.action === 'release'
			);
		case 'title':
			return count(
				(event) =>
					event.type === 'item.updated' &&
					event.data.action === 'edited' &&
					event.data.item.title === operation.mark
			);
		case 'undo':
			return operation.mark === null ? null : count((event) => takesBack(event, operation.mark));
		default:
			return null;
	}
}

/** Whether an undo takes the unit from the buyer with this key. */
export function takesBack(event: ShowEvent, mark: string | null): boolean {
	return (
		event.type === 'claim.released' &&
		event.data.buyer.key === mark &&
		event.data.cause.kind === 'operator' &&
		event.data.cause.action === 'undo'
	);
}

function doubledActions({ showId, history, log }: Evidence): string[] {
	const refused = new Map(
		history.flatMap((line) => (line.type === 'fail' ? [[line.op, line.code]] : []))
	);
	return invokes(showId, history).flatMap(({ op, operation }) => {
		const times = effects(log, operation);
		if (times === null) return [];
		const what = JSON.stringify(operation);
		const code = refused.get(op);
		if (code !== undefined && times > 0) return [`${what} was refused (${code}) and done`];
		return times > 1 ? [`${what} was done ${times} times`] : [];
	});
}

function forgedComments({ showId, history, log }: Evidence): string[] {
	const logged = loggedComments(log);
	return invokes(showId, history).flatMap(({ operation }) =>
		operation.kind === 'webhook' && operation.forged
			? operation.keys.filter((key) => logged.has(key)).map((key) => `${key} was forged and taken`)
			: []
	);
}

export function invokes(showId: string, history: readonly HistoryLine[]): Invoke[] {
	return history.filter((line) => line.type === 'invoke').filter((line) => line.showId === showId);
}
