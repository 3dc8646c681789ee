import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Buyer } from '../../domain/buyer.ts';
import type { LogPosition } from '../../domain/events.ts';
import type { UndoPlan } from '../../domain/undo.ts';
import type { ScriptRunner, ShowScript } from './script-runner.ts';

/** Most units of one item. Bounds the promotions that one script call can make. */
export const MAX_QUANTITY = 9_999;

const CLAIM_KEYS = ['meta', 'items', 'claims', 'queue', 'events', 'live', 'action'] as const;

export const RELEASE_SCRIPT: ShowScript = { name: 'release', keys: CLAIM_KEYS };
export const AWARD_SCRIPT: ShowScript = { name: 'award', keys: CLAIM_KEYS };
export const REASSIGN_SCRIPT: ShowScript = { name: 'reassign', keys: CLAIM_KEYS };
export const SET_QUANTITY_SCRIPT: ShowScript = { name: 'set-quantity', keys: CLAIM_KEYS };
export const ADD_ITEM_SCRIPT: ShowScript = {
	name: 'add-item',
	keys: ['meta', 'items', 'events', 'live', 'action']
};
export const CHANGE_ITEM_SCRIPT: ShowScript = {
	name: 'change-item',
	keys: ['meta', 'items', 'events', 'live', 'action']
};
export const REMOVE_ITEM_SCRIPT: ShowScript = {
	name: 'remove-item',
	keys: ['meta', 'items', 'queue', 'events', 'live', 'action']
};
export const CHANGE_STATUS_SCRIPT: ShowScript = {
	name: 'change-status',
	keys: ['meta', 'events', 'live', 'action']
};
export const EDIT_SHOW_SCRIPT: ShowScript = {
	name: 'edit-show',
	keys: ['meta', 'events', 'live', 'action']
};
export const SHOW_ITEM_SCRIPT: ShowScript = {
	name: 'show-item',
	keys: ['meta', 'items', 'events', 'live', 'action']
};
export const UNDO_SCRIPT: ShowScript = { name: 'undo', keys: CLAIM_KEYS };
export const REOPEN_SCRIPT: ShowScript = {
	name: 'reopen',
	keys: [
		...(['meta', 'events', 'live', 'action', 'items', 'claims', 'queue', 'comments'] as const),
		...(['channels', 'blocked', 'inbox', 'sightings', 'intake', 'aside'] as const)
	]
};

/** A claim as an operator points at it. Without `claimId`: whichever the buyer holds now. */
export type ClaimTarget = {
	readonly item: string;
	readonly buyerKey: string;
	readonly claimId?: string | undefined;
};

export type StatusAction = 'activated' | 'paused' | 'resumed' | 'ended';

const undoable = { epoch: z.string(), seq: z.number().int() };
const claimDetail = z.object({ claimId: z.string(), ...undoable });
const undoableDetail = z.object(undoable);

/**
 * An action that can be undone, by the position of its first event. The epoch belongs to it: a Redis that
 * forgot the action may have given its seq to another one.
 */
export type Undoable = LogPosition;
const noDetail = z.unknown();

/**
 * What an operator can do to a show, one script call each (DESIGN §3). Every refusal is an `AppError`
 * with the script's code and changes nothing. `actor` is the member's id and goes into the event.
 */
export class OperatorActions {
	readonly #runner: ScriptRunner;

	constructor(runner: ScriptRunner) {
		this.#runner = runner;
	}

	/** Throws `NO_ACTIVE_CLAIM`, `ITEM_NOT_FOUND`, `SHOW_ENDED`. */
	async release(
		showId: string,
		target: ClaimTarget,
		actor: string
	): Promise<Undoable & { claimId: string }> {
		const args = [target.item, target.buyerKey, target.claimId ?? '', actor];
		return await this.#runner.act(RELEASE_SCRIPT, showId, args, claimDetail);
	}

	/** Throws `SOLD_OUT`, `ALREADY_WINNER`, `ITEM_NOT_FOUND`, `SHOW_ENDED`. */
	async award(
		showId: string,
		item: string,
		buyer: Buyer,
		actor: string
	): Promise<Undoable & { claimId: string }> {
		const args = [item, JSON.stringify(buyer), buyer.key, randomUUID(), actor];
		return await this.#runner.act(AWARD_SCRIPT, showId, args, claimDetail);
	}

	/** Throws `NOT_A_WINNER`, `ALREADY_WINNER`, `ITEM_NOT_FOUND`, `SHOW_ENDED`. */
	async reassign(
		showId: string,
		from: ClaimTarget,
		to: Buyer,
		actor: string
	): Promise<Undoable & { claimId: string }> {
		const args = [
			from.item,
			from.buyerKey,
			from.claimId ?? '',
			JSON.stringify(to),
			to.key,
			randomUUID(),
			actor
		];
		return await this.#runner.act(REASSIGN_SCRIPT, showId, args, claimDetail);
	}

	/**
	 * Returns null when the quantity is that already.
	 * Throws `QUANTITY_BELOW_CLAIMED` (details: `won`), `ITEM_NOT_FOUND`, `SHOW_ENDED`.
	 */
	async setQuantity(
		showId: string,
		item: string,
		quantity: number,
		actor: string
	): Promise<Undoable | null> {
		assertQuantity(quantity);
		const args = [item, String(quantity), actor];
		return await this.#runner.act(SET_QUANTITY_SCRIPT, showId, args, undoableDetail.nullable());
	}

	/**
	 * `limit`: most items that the show may have; null: any number. Throws `ITEM_EXISTS`, `TOO_MANY_ITEMS`,
	 * `SHOW_ENDED`.
	 */
	async addItem(
		showId: string,
		item: { readonly number: string; readonly title: string; readonly quantity: number },
		actor: string,
		limit: number | null = null
	): Promise<{ itemId: string }> {
		assertQuantity(item.quantity);
		const itemId = randomUUID();
		const most = limit === null ? '' : String(limit);
		const args = [item.number, itemId, item.title, String(item.quantity), actor, most];
		await this.#runner.act(ADD_ITEM_SCRIPT, showId, args, noDetail);
		return { itemId };
	}

	/** Throws `ITEM_NOT_FOUND`, `SHOW_ENDED`. */
	async editItem(showId: string, item: string, title: string, actor: string): Promise<void> {
		await this.#runner.act(CHANGE_ITEM_SCRIPT, showId, [item, 'edited', title, actor], noDetail);
	}

	/** Comments on a closed item count as `item_closed`. Throws `ITEM_NOT_FOUND`, `SHOW_ENDED`. */
	async closeItem(showId: string, item: string, actor: string): Promise<void> {
		await this.#runner.act(CHANGE_ITEM_SCRIPT, showId, [item, 'closed', '', actor], noDetail);
	}

	/** Throws `ITEM_NOT_FOUND`, `SHOW_ENDED`. */
	async openItem(showId: string, item: string, actor: string): Promise<void> {
		await this.#runner.act(CHANGE_ITEM_SCRIPT, showId, [item, 'opened', '', actor], noDetail);
	}

	/** Throws `ITEM_HAS_CLAIMS`, `ITEM_NOT_FOUND`, `SHOW_ENDED`. */
	async removeItem(showId: string, item: string, actor: string): Promise<void> {
		await this.#runner.act(REMOVE_ITEM_SCRIPT, showId, [item, actor], noDetail);
	}

	/** Throws `INVALID_TRANSITION` (details: `status`), `SHOW_ENDED`. */
	async changeStatus(showId: string, action: StatusAction, actor: string): Promise<void> {
		await this.#runner.act(CHANGE_STATUS_SCRIPT, showId, [action, actor], noDetail);
	}

	/** Says which item the host holds up; null for none. Throws `ITEM_NOT_FOUND`, `SHOW_ENDED`. */
	async showItem(showId: string, item: string | null, actor: string): Promise<void> {
		await this.#runner.act(SHOW_ITEM_SCRIPT, showId, [item ?? '', actor], noDetail);
	}

	/**
	 * Takes an action back, exactly or not at all. The undo is an action itself and can be undone.
	 * Throws `UNDO_NOT_POSSIBLE` (details: `reason`), `ITEM_NOT_FOUND`, `SHOW_ENDED`.
	 */
	async undo(showId: string, plan: UndoPlan, actor: string): Promise<Undoable> {
		const { quantity, withdraw } = plan;
		const demote = plan.demote.map((entry) => ({ ...entry, newClaimId: randomUUID() }));
		const reinstate = plan.reinstate.map((entry) => ({ ...entry, claimId: randomUUID() }));
		const steps = JSON.stringify({ quantity, withdraw, demote, reinstate });
		const args = [plan.item, String(plan.lastSeq), actor, steps];
		return await this.#runner.act(UNDO_SCRIPT, showId, args, undoableDetail);
	}

	/** Takes the end back. Throws `INVALID_TRANSITION`, `UNDO_NOT_POSSIBLE` (details: `reason`). */
	async reopen(showId: string, actor: string): Promise<void> {
		await this.#runner.act(REOPEN_SCRIPT, showId, [actor], noDetail);
	}

	/** Words must be normalised (`parseIntentWord`) and differ. Throws `SHOW_ENDED`. */
	async editShow(
		showId: string,
		settings: { readonly name: string; readonly claimWord: string; readonly passWord: string },
		actor: string
	): Promise<void> {
		const args = [settings.name, settings.claimWord, settings.passWord, actor];
		await this.#runner.act(EDIT_SHOW_SCRIPT, showId, args, noDetail);
	}
}

function assertQuantity(quantity: number): void {
	if (!Number.isSafeInteger(quantity) || quantity < 0 || quantity > MAX_QUANTITY) {
		throw new RangeError(`quantity must be an integer from 0 to ${MAX_QUANTITY}: ${quantity}`);
	}
}
