import type { ShowEvent } from '../../src/lib/domain/events.ts';
import type { Summary } from '../../src/lib/server/history/queries/summary.ts';

// What a summary must say, worked out from the raw events in the plainest way. It knows nothing of the
// product's queries and reducer; slow is fine here.

type Claim = {
	readonly claimId: string;
	readonly buyerKey: string;
	readonly platform: string;
	readonly handle: string;
	readonly displayName: string | null;
	readonly rank: number;
	at: number;
};

/** An item as somebody with pen and paper would keep it. */
type Sheet = {
	readonly itemId: string;
	readonly number: string;
	title: string;
	quantity: number;
	isOpen: boolean;
	claims: number;
	peak: number;
	readonly winners: Claim[];
	readonly queue: Claim[];
	claimable: { at: number; from: 'opened' | 'added' | 'started' } | null;
	shownAt: number | null;
	wasOut: boolean;
	readonly soldOutAt: number[];
};

type ClaimEvent = ShowEvent & {
	type: 'claim.created' | 'claim.promoted' | 'claim.released';
};

class Ledger {
	readonly sheets = new Map<string, Sheet>();
	status: Summary['show']['status'] = 'draft';
	startedAt: number | null = null;
	endedAt: number | null = null;
	comments: number[] = [];
	claims: { at: number; buyer: string }[] = [];
	passes = 0;
	readonly shown: { at: number; item: string; title: string }[] = [];
	readonly turns: { at: number; status: string }[] = [];

	take(event: ShowEvent): void {
		if (event.type === 'comment.received') this.comments.push(event.at);
		if (event.type === 'session.status') this.#turn(event);
		if (event.type === 'item.updated') this.#item(event);
		if (
			event.type === 'claim.created' ||
			event.type === 'claim.promoted' ||
			event.type === 'claim.released'
		) {
			this.#claim(event);
		}
	}

	/** After all events of one millisecond: a unit that went from hand to hand was never free. */
	settle(at: number): void {
		for (const sheet of this.sheets.values()) {
			const isOut = sheet.quantity > 0 && sheet.winners.length === sheet.quantity;
			if (isOut && !sheet.wasOut) sheet.soldOutAt.push(at);
			sheet.wasOut = isOut;
		}
	}

	#turn({ at, data }: ShowEvent & { type: 'session.status' }): void {
		if (data.action === 'edited') return;
		this.status = data.status;
		this.turns.push({ at, status: data.status });
		this.endedAt = data.status === 'ended' ? at : null;
		if (data.action !== 'activated') return;
		this.startedAt = at;
		for (const sheet of this.sheets.values()) {
			if (sheet.isOpen) sheet.claimable = { at, from: 'started' };
		}
	}

	#item({ at, data }: ShowEvent & { type: 'item.updated' }): void {
		const { action, item } = data;
		if (action === 'removed') {
			this.sheets.delete(item.number);
			return;
		}
		if (action === 'added') this.sheets.set(item.number, newSheet(item));
		const sheet = this.#sheet(item.number);
		sheet.title = item.title;
		sheet.quantity = item.quantity;
		sheet.isOpen = item.state === 'open';
		const nowOnSale = (action === 'added' || action === 'opened') && sheet.isOpen;
		if (nowOnSale && this.startedAt !== null && sheet.claimable === null) {
			sheet.claimable = { at, from: action };
		}
		if (action === 'shown') {
			sheet.shownAt ??= at;
			this.shown.push({ at, item: item.number, title: item.title });
		}
	}

	#claim(event: ClaimEvent): void {
		const { at, data } = event;
		const sheet = this.#sheet(data.item);
		const { key, platform, handle, displayName } = data.buyer;
		if (event.type === 'claim.created') {
			const { claimId, rank, state } = event.data;
			const claim = { claimId, buyerKey: key, platform, handle, displayName, rank, at };
			(state === 'winner' ? sheet.winners : sheet.queue).push(claim);
			sheet.claims++;
			this.claims.push({ at, buyer: key });
		} else {
			const list = event.type === 'claim.released' && event.data.from === 'winner';
			const from = list ? sheet.winners : sheet.queue;
			const index = from.findIndex((claim) => claim.claimId === data.claimId);
			const [claim] = from.splice(index, 1);
			if (index < 0 || !claim) throw new Error(`${event.id}: nobody holds ${data.claimId}`);
			if (event.type === 'claim.promoted') sheet.winners.push({ ...claim, at });
			else if (data.cause.kind === 'comment') this.passes++;
		}
		sheet.peak = Math.max(sheet.peak, sheet.queue.length);
	}

	#sheet(number: string): Sheet {
		const sheet = this.sheets.get(number);
		if (!sheet) throw new Error(`no item ${number}`);
		return sheet;
	}
}

function newSheet(item: { id: string; number: string; title: string; quantity: number }): Sheet {
	return {
		itemId: item.id,
		number: item.number,
		title: item.title,
		quantity: item.quantity,
		isOpen: true,
		claims: 0,
		peak: 0,
		winners: [],
		queue: [],
		claimable: null,
		shownAt: null,
		wasOut: false,
		soldOutAt: []
	};
}

type Pause = NonNullable<Summary['timeline']>['pauses'][number];

function pauses(turns: Ledger['turns']): Pause[] {
	return turns.flatMap<Pause>(({ at, status }, index) => {
		const next = turns[index + 1];
		if (status === 'paused') return [{ kind: 'paused', from: at, to: next?.at ?? null }];
		if (status === 'ended' && next) return [{ kind: 'ended', from: at, to: next.at }];
		return [];
	});
}

function soldOut(sheet: Sheet, startedAt: number | null): Summary['items'][number]['soldOut'] {
	const at = sheet.soldOutAt.at(-1);
	if (!sheet.wasOut || at === undefined) return null;
	if (sheet.shownAt !== null && sheet.shownAt <= at && startedAt !== null) {
		const from = Math.max(sheet.shownAt, startedAt);
		return { at, after: from <= at ? { ms: at - from, from: 'shown' } : null };
	}
	const { claimable } = sheet;
	if (claimable === null || claimable.at > at) return { at, after: null };
	return { at, after: { ms: at - claimable.at, from: claimable.from } };
}

const holder = ({ claimId, buyerKey, platform, handle, displayName, at }: Claim) => ({
	claimId,
	buyerKey,
	platform,
	handle,
	displayName,
	at
});

/**
 * The summary of a whole log. How wide the timeline's columns are is a matter of drawing: the caller says
 * it, and the model counts what falls into each. `nameOf`: the person behind an account; accounts of one
 * name are one person.
 */
export function expectedSummary(
	show: Pick<Summary['show'], 'id' | 'name' | 'isRehearsal'>,
	events: readonly ShowEvent[],
	stepMs: number,
	nameOf: (buyerKey: string) => string = (key) => key
): Summary {
	const ledger = new Ledger();
	events.forEach((event, index) => {
		ledger.take(event);
		if (events[index + 1]?.at !== event.at) ledger.settle(event.at);
	});
	const { startedAt, endedAt, claims, comments } = ledger;
	const sheets = [...ledger.sheets.values()].sort((a, b) => Number(a.number) - Number(b.number));
	const accounts = sheets.flatMap(({ winners }) => winners.map(({ buyerKey }) => buyerKey));
	const sum = (of: (sheet: Sheet) => number) =>
		sheets.reduce((total, sheet) => total + of(sheet), 0);
	const endAt = endedAt ?? events.at(-1)?.at ?? 0;
	const columns = Math.max(1, Math.ceil((endAt - (startedAt ?? 0)) / stepMs));
	const counts = (times: readonly number[]): number[] => {
		const found = Array.from({ length: columns }, () => 0);
		for (const at of times) {
			const column = Math.floor((at - (startedAt ?? 0)) / stepMs);
			const index = Math.min(columns - 1, Math.max(0, column));
			found[index] = (found[index] ?? 0) + 1;
		}
		return found;
	};
	const commentColumns = startedAt === null ? [] : counts(comments);
	const claimColumns = startedAt === null ? [] : counts(claims.map(({ at }) => at));
	return {
		show: { ...show, status: ledger.status, startedAt, endedAt },
		seq: events.at(-1)?.seq ?? 0,
		totals: {
			items: sheets.length,
			units: sum((sheet) => sheet.quantity),
			sold: sum((sheet) => sheet.winners.length),
			buyers: new Set(accounts.map(nameOf)).size,
			buyerAccounts: new Set(accounts).size,
			claimants: new Set(claims.map(({ buyer }) => nameOf(buyer))).size,
			comments: comments.length,
			claims: claims.length,
			waiting: sum((sheet) => sheet.queue.length),
			passes: ledger.passes,
			firstClaimAt: claims.at(0)?.at ?? null,
			lastClaimAt: claims.at(-1)?.at ?? null
		},
		items: sheets.map((sheet) => ({
			itemId: sheet.itemId,
			number: sheet.number,
			title: sheet.title,
			quantity: sheet.quantity,
			state: sheet.isOpen ? 'open' : 'closed',
			claims: sheet.claims,
			sold: sheet.winners.length,
			waiting: sheet.queue.length,
			winners: sheet.winners.slice(0, 20).map(holder),
			queue: sheet.queue
				.toSorted((a, b) => a.rank - b.rank)
				.slice(0, 10)
				.map(holder),
			peakWaiting: sheet.peak,
			soldOut: soldOut(sheet, startedAt)
		})),
		timeline:
			startedAt === null
				? null
				: {
						startAt: startedAt,
						endAt,
						stepMs,
						buckets: commentColumns.map((count, index) => ({
							comments: count,
							claims: claimColumns[index] ?? 0
						})),
						pauses: pauses(ledger.turns),
						shown: ledger.shown,
						soldOut: sheets
							.flatMap(({ number, title, soldOutAt }) =>
								soldOutAt.map((at) => ({ at, item: number, title }))
							)
							.sort((a, b) => a.at - b.at || Number(a.item) - Number(b.item))
					},
		retention: null
	};
}
