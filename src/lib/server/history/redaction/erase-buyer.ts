import { isTypedName } from '../../../domain/typed-name.ts';
import { AppError } from '../../errors.ts';
import { alone } from '../advisory-lock.ts';
import { recordAudit } from '../audit.ts';
import { raiseBlockListVersion } from '../block-list.ts';
import type { Db } from '../database.ts';
import { unsettledShows } from '../unsettled-shows.ts';
import { allowLongStatements } from '../statement-timeout.ts';
import { eraseFromAudit } from './erase-audit.ts';
import { eraseRows, pseudonymFor } from './erase-rows.ts';
import type { Pseudonym } from './erase-rows.ts';
import { planErasure, runningShows } from './erasure-plan.ts';
import type { ErasurePlan, ErasureShow } from './erasure-plan.ts';
import { forgetShow, lockShows } from './forget-show.ts';
import type { LiveShows } from './forget-show.ts';

export type BuyerErasureOptions = LiveShows & {
	readonly db: Db;
	/** Brings what a show's stream still holds to Postgres. */
	readonly persist: (showId: string) => Promise<unknown>;
};

export type ErasureRequest = {
	readonly workspaceId: string;
	/** Any identity of the person. */
	readonly buyerKey: string;
	/** What was typed to confirm: must be the plan's `name`. */
	readonly typed: string;
	readonly actor: string;
};

/** How the person is called from now on, and what was found of them. */
export type Erasure = {
	readonly buyerKey: string;
	readonly shows: number;
	readonly claims: number;
	readonly comments: number;
	/** Whether the person was on the block list, which has changed then. */
	readonly wasBlocked: boolean;
};

/** An event came in while the shows were let go, so nothing was changed. */
class NotAtRestError extends Error {
	override readonly name = 'NotAtRestError';
}

const ATTEMPTS = 3;

async function showsThatMayLag(db: Db, workspaceId: string): Promise<string[]> {
	const rows = await unsettledShows(db)
		.select('id')
		.where('workspace_id', '=', workspaceId)
		.execute();
	return rows.map(({ id }) => id);
}

function refuseRunning(shows: readonly ErasureShow[]): never {
	throw new AppError('BUYER_IN_RUNNING_SHOW', {
		details: { shows: shows.map(({ id, name }) => ({ id, name })) }
	});
}

/**
 * Erases what a workspace holds about a person, on their request: see docs/decisions/0016-personal-data.md.
 */
export class BuyerErasure {
	readonly #options: BuyerErasureOptions;

	constructor(options: BuyerErasureOptions) {
		this.#options = options;
	}

	/** What `erase` would do now. Throws `BUYER_NOT_FOUND`. */
	async plan(workspaceId: string, buyerKey: string): Promise<ErasurePlan> {
		return await planErasure(this.#options.db, workspaceId, buyerKey);
	}

	/**
	 * Erases all of it or, when it throws, nothing: in one transaction, whose last step lets the shows go from
	 * Redis. Throws `BUYER_NOT_FOUND`, `INVALID_INPUT` for another name, `BUYER_IN_RUNNING_SHOW` with the shows
	 * that must end first, `UNAVAILABLE`.
	 */
	async erase(request: ErasureRequest): Promise<Erasure> {
		for (let attempt = 1; ; attempt++) {
			try {
				return await this.#attempt(request);
			} catch (error) {
				if (!(error instanceof NotAtRestError)) throw error;
				if (attempt === ATTEMPTS) throw new AppError('UNAVAILABLE', { cause: error });
			}
		}
	}

	async #attempt(request: ErasureRequest): Promise<Erasure> {
		const { db, persist } = this.#options;
		const { workspaceId, buyerKey } = request;
		// Else a show that has just ended could hold the person without Postgres knowing.
		for (const id of await showsThatMayLag(db, workspaceId)) await persist(id);
		return await alone(db, `buyers:${workspaceId}`, async (tx) => {
			await allowLongStatements(tx);
			const plan = await planErasure(tx, workspaceId, buyerKey);
			if (!isTypedName(request.typed, plan.name)) {
				const message = 'Type the name exactly as it is shown.';
				throw new AppError('INVALID_INPUT', { message, details: { fields: { name: [message] } } });
			}
			const showIds = plan.shows.map(({ id }) => id);
			const locked = new Map((await lockShows(tx, showIds)).map((show) => [show.id, show]));
			const current = plan.shows.map((show) => ({ ...show, ...locked.get(show.id) }));
			const running = runningShows(current);
			if (running.length > 0) refuseRunning(running);

			const pseudonyms = plan.identities.map(pseudonymFor);
			await eraseRows(tx, showIds, pseudonyms);
			await eraseFromAudit(tx, workspaceId, showIds, pseudonyms);
			await this.#eraseProfile(tx, workspaceId, pseudonyms);
			if (plan.blocked) await raiseBlockListVersion(tx, workspaceId);
			const newKey = pseudonyms.find((pseudonym) => pseudonym.buyerKey === buyerKey)?.newKey;
			const erasure = {
				buyerKey: newKey ?? '',
				shows: plan.shows.length,
				claims: plan.claims,
				comments: plan.comments,
				wasBlocked: plan.blocked
			};
			await this.#record(tx, request, plan, erasure);
			for (const show of locked.values()) {
				const unrest = await forgetShow(this.#options, show);
				if (unrest === 'not_persisted') throw new NotAtRestError();
				if (unrest === 'running') refuseRunning(current.filter(({ id }) => id === show.id));
			}
			return erasure;
		});
	}

	/**
	 * Note, tags and block go. Several identities stay linked under their pseudonyms: the lists that count
	 * people count one person as before.
	 */
	async #eraseProfile(
		tx: Db,
		workspaceId: string,
		pseudonyms: readonly Pseudonym[]
	): Promise<void> {
		const [first] = pseudonyms;
		const identity = await tx
			.selectFrom('buyer_identities')
			.select('profile_id')
			.where('workspace_id', '=', workspaceId)
			.where('buyer_key', '=', first?.buyerKey ?? '')
			.executeTakeFirst();
		if (!identity) return;
		const { profile_id: profileId } = identity;
		if (pseudonyms.length === 1) {
			await tx.deleteFrom('buyer_profiles').where('id', '=', profileId).execute();
			return;
		}
		for (const { buyerKey, newKey } of pseudonyms) {
			await tx
				.updateTable('buyer_identities')
				.set({ buyer_key: newKey })
				.where('workspace_id', '=', workspaceId)
				.where('buyer_key', '=', buyerKey)
				.execute();
		}
		await tx
			.updateTable('buyer_profiles')
			.set({ note: '', tags: [], blocked_at: null })
			.where('id', '=', profileId)
			.execute();
	}

	/** Counts alone: the entry tells that somebody was erased, not who. */
	async #record(
		tx: Db,
		{ workspaceId, actor }: ErasureRequest,
		{ identities }: ErasurePlan,
		{ shows, claims, comments }: Erasure
	): Promise<void> {
		await recordAudit(tx, {
			workspaceId,
			showId: null,
			actor,
			action: 'buyer.erased',
			target: 'buyer',
			details: { identities: identities.length, shows, claims, comments }
		});
	}
}
