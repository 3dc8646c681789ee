import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { MAX_IDENTITIES, MAX_TAGS } from '../../../domain/buyer-tag.ts';
import { MAX_BLOCKED_BUYERS } from '../../allocator/block-lists.ts';
import { AppError } from '../../errors.ts';
import { alone } from '../advisory-lock.ts';
import { recordAudit } from '../audit.ts';
import { raiseBlockListVersion, readBlockList } from '../block-list.ts';
import type { Database, Db } from '../database.ts';
import { claimsOf } from './buyer-person.ts';
import type { WorkspaceScope } from './scope.ts';

type Tx = Transaction<Database>;
type Profile = {
	readonly id: string;
	readonly note: string;
	readonly tags: string[];
	readonly blocked_at: Date | null;
};

/**
 * What a workspace notes about buyers, written down and signed. Every change of one workspace waits for
 * the one before, so that links and block list agree; a change that changes nothing leaves no trace.
 * Throws `BUYER_NOT_FOUND` for a buyer that the workspace never met.
 *
 * The audit log can't be erased and notes are about people: it tells how long a note was, not what it said.
 */
export class BuyerProfiles {
	readonly #db: Db;
	readonly #workspaceId: string;
	readonly #actor: string;

	constructor(db: Db, scope: WorkspaceScope, actor: string) {
		this.#db = db;
		this.#workspaceId = scope.workspaceId;
		this.#actor = actor;
	}

	/** `was`: the note that the writer saw. Throws `NOTE_CHANGED` when it is another one by now. */
	async setNote(buyerKey: string, note: string, was: string): Promise<void> {
		await this.#change(async (tx) => {
			const profile = await this.#profile(tx, buyerKey);
			if (profile.note === note) return;
			if (profile.note !== was) throw new AppError('NOTE_CHANGED');
			await this.#update(tx, profile.id, { note });
			await this.#audit(tx, 'buyer.noted', buyerKey, {
				before: { noteLength: profile.note.length },
				after: { noteLength: note.length }
			});
		});
	}

	/** Adds or takes a normalised tag. Throws `TOO_MANY_TAGS`. */
	async setTag(buyerKey: string, tag: string, present: boolean): Promise<void> {
		await this.#change(async (tx) => {
			const { id, tags: before } = await this.#profile(tx, buyerKey);
			if (before.includes(tag) === present) return;
			const tags = present ? [...before, tag].sort() : before.filter((other) => other !== tag);
			if (present && tags.length > MAX_TAGS) throw new AppError('TOO_MANY_TAGS');
			await this.#update(tx, id, { tags });
			const action = present ? 'buyer.tagged' : 'buyer.untagged';
			const details = { before: { tags: before }, after: { tags } };
			await this.#audit(tx, action, buyerKey, details);
		});
	}

	/** Returns whether it changed anything. Throws `BLOCK_LIST_FULL`. */
	async setBlocked(buyerKey: string, blocked: boolean): Promise<boolean> {
		return await this.#change(async (tx) => {
			const profile = await this.#profile(tx, buyerKey);
			if ((profile.blocked_at !== null) === blocked) return false;
			await this.#update(tx, profile.id, { blocked_at: blocked ? new Date() : null });
			await this.#listChanged(tx);
			const details = { before: { blocked: !blocked }, after: { blocked } };
			await this.#audit(tx, blocked ? 'buyer.blocked' : 'buyer.unblocked', buyerKey, details);
			return true;
		});
	}

	/**
	 * Makes two buyers one person: notes are put one under the other, tags together, and if one of them is
	 * blocked, the person is. Returns whether the block list changed. Throws `TOO_MANY_IDENTITIES`.
	 */
	async link(buyerKey: string, otherKey: string): Promise<boolean> {
		return await this.#change(async (tx) => {
			const kept = await this.#profile(tx, buyerKey);
			const merged = await this.#profile(tx, otherKey);
			if (kept.id === merged.id) return false;
			const before = [await this.#identities(tx, kept.id), await this.#identities(tx, merged.id)];
			const after = before.flat();
			if (after.length > MAX_IDENTITIES) throw new AppError('TOO_MANY_IDENTITIES');
			await tx
				.updateTable('buyer_identities')
				.set({ profile_id: kept.id })
				.where('profile_id', '=', merged.id)
				.execute();
			await tx.deleteFrom('buyer_profiles').where('id', '=', merged.id).execute();
			await this.#update(tx, kept.id, {
				note: [kept.note, merged.note].filter((note) => note.trim() !== '').join('\n\n'),
				tags: [...new Set([...kept.tags, ...merged.tags])].sort(),
				blocked_at: kept.blocked_at ?? merged.blocked_at
			});
			const listChanged = (kept.blocked_at === null) !== (merged.blocked_at === null);
			if (listChanged) await this.#listChanged(tx);
			await this.#audit(tx, 'buyer.linked', buyerKey, {
				before: { linked: before.map((keys) => keys.join(' + ')) },
				after: { linked: [after.join(' + ')] }
			});
			return listChanged;
		});
	}

	/** Takes a buyer out of the person that they were linked to; both keep note, tags and block. */
	async unlink(buyerKey: string): Promise<void> {
		await this.#change(async (tx) => {
			const { id, note, tags, blocked_at } = await this.#profile(tx, buyerKey);
			const before = await this.#identities(tx, id);
			if (before.length === 1) return;
			const own = randomUUID();
			const workspaceId = this.#workspaceId;
			await tx
				.insertInto('buyer_profiles')
				.values({ id: own, workspace_id: workspaceId, note, tags, blocked_at })
				.execute();
			await tx
				.updateTable('buyer_identities')
				.set({ profile_id: own })
				.where('workspace_id', '=', workspaceId)
				.where('buyer_key', '=', buyerKey)
				.execute();
			const rest = before.filter((key) => key !== buyerKey).join(' + ');
			await this.#audit(tx, 'buyer.unlinked', buyerKey, {
				before: { linked: [before.join(' + ')] },
				after: { linked: [rest, buyerKey] }
			});
		});
	}

	async #change<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
		return await alone(this.#db, `buyers:${this.#workspaceId}`, work);
	}

	/** The buyer's profile, made now if nothing was noted before. */
	async #profile(tx: Tx, buyerKey: string): Promise<Profile> {
		const workspace_id = this.#workspaceId;
		const found = await tx
			.selectFrom('buyer_identities')
			.innerJoin('buyer_profiles', 'buyer_profiles.id', 'buyer_identities.profile_id')
			.select(['buyer_profiles.id', 'note', 'tags', 'blocked_at'])
			.where('buyer_identities.workspace_id', '=', workspace_id)
			.where('buyer_key', '=', buyerKey)
			.executeTakeFirst();
		if (found) return found;
		const claim = await claimsOf(tx, workspace_id, [buyerKey])
			.select('claims.id')
			.limit(1)
			.executeTakeFirst();
		if (!claim) throw new AppError('BUYER_NOT_FOUND');
		const id = randomUUID();
		await tx.insertInto('buyer_profiles').values({ id, workspace_id }).execute();
		await tx
			.insertInto('buyer_identities')
			.values({ workspace_id, buyer_key: buyerKey, profile_id: id })
			.execute();
		return { id, note: '', tags: [], blocked_at: null };
	}

	async #identities(tx: Tx, profileId: string): Promise<string[]> {
		const rows = await tx
			.selectFrom('buyer_identities')
			.select('buyer_key')
			.where('profile_id', '=', profileId)
			.orderBy('created_at')
			.orderBy('buyer_key')
			.execute();
		return rows.map((row) => row.buyer_key);
	}

	async #update(tx: Tx, id: string, changes: Partial<Omit<Profile, 'id'>>): Promise<void> {
		await tx.updateTable('buyer_profiles').set(changes).where('id', '=', id).execute();
	}

	async #listChanged(tx: Tx): Promise<void> {
		await raiseBlockListVersion(tx, this.#workspaceId);
		const { buyerKeys } = await readBlockList(tx, this.#workspaceId);
		if (buyerKeys.length > MAX_BLOCKED_BUYERS) throw new AppError('BLOCK_LIST_FULL');
	}

	async #audit(
		tx: Tx,
		action: string,
		buyerKey: string,
		details: Record<string, unknown>
	): Promise<void> {
		await recordAudit(tx, {
			workspaceId: this.#workspaceId,
			showId: null,
			actor: this.#actor,
			action,
			target: `buyer ${buyerKey}`,
			details
		});
	}
}
