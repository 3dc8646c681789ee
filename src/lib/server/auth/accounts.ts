import { AppError } from '../errors.ts';
import { recordAudit } from '../history/audit.ts';
import type { Db } from '../history/database.ts';
import type { AccessNews } from './access-news.ts';
import { deleteAccount } from './account-deletion.ts';
import type { PasswordChange } from './input.ts';
import { actorOf } from './member.ts';
import type { Member } from './member.ts';
import { hashPassword } from './passwords.ts';
import type { PasswordCheck } from './passwords.ts';
import type { AuthLimits } from './rate-limits.ts';
import type { OwnSession, Sessions } from './sessions.ts';

export type AccountsOptions = {
	readonly db: Db;
	readonly passwords: PasswordCheck;
	readonly limits: AuthLimits;
	readonly sessions: Sessions;
	readonly news: AccessNews;
};

/** What people do with their own account. */
export class Accounts {
	readonly #options: AccountsOptions;

	constructor(options: AccountsOptions) {
		this.#options = options;
	}

	async rename(member: Member, name: string): Promise<void> {
		if (name === member.name) return;
		await this.#options.db.transaction().execute(async (tx) => {
			await tx.updateTable('users').set({ name }).where('id', '=', member.userId).execute();
			await this.#audit(tx, member, 'account.renamed');
		});
	}

	/**
	 * Sets a new password and ends every other session. Throws `WRONG_PASSWORD` when the present one is
	 * wrong, `RATE_LIMITED` (details: `retryAfterSeconds`).
	 */
	async changePassword(member: Member, change: PasswordChange): Promise<void> {
		const { db, news, sessions } = this.#options;
		await this.#checkPassword(member, change.currentPassword);
		const password_hash = await hashPassword(change.newPassword);
		await db.transaction().execute(async (tx) => {
			await tx
				.updateTable('users')
				.set({ password_hash })
				.where('id', '=', member.userId)
				.execute();
			await this.#audit(tx, member, 'account.password_changed');
		});
		await sessions.endAll(member.userId, member.sessionId);
		await news.announce(member.userId);
	}

	/** Where the member is signed in. */
	async sessions(member: Member): Promise<OwnSession[]> {
		return await this.#options.sessions.listOf(member);
	}

	/** Ends one of the member's sessions, by the id that `sessions` gives. Throws `SESSION_NOT_FOUND`. */
	async endSession(member: Member, id: string): Promise<void> {
		const { db, news, sessions } = this.#options;
		await db.transaction().execute(async (tx) => {
			await sessions.endOwn(tx, member, id);
			await this.#audit(tx, member, 'account.session_ended');
		});
		await news.announce(member.userId);
	}

	/** Ends every session, this one as well. */
	async signOutEverywhere(member: Member): Promise<void> {
		const { db, news, sessions } = this.#options;
		await sessions.endAll(member.userId);
		await this.#audit(db, member, 'account.signed_out_everywhere');
		await news.announce(member.userId);
	}

	/**
	 * Deletes the account, its memberships and its sessions. Audit logs keep that it was there, without a
	 * name. Throws as `changePassword`, and `LAST_OWNER` while a workspace would be left without an owner.
	 */
	async remove(member: Member, password: string): Promise<void> {
		await this.#checkPassword(member, password);
		await this.#options.db.transaction().execute((tx) => deleteAccount(tx, member.userId));
		await this.#options.news.announce(member.userId);
	}

	async #checkPassword(member: Member, password: string): Promise<void> {
		const { db, limits, passwords } = this.#options;
		const attempt = await limits.countPassword(member.userId);
		const user = await db
			.selectFrom('users')
			.select('password_hash')
			.where('id', '=', member.userId)
			.executeTakeFirst();
		const isTheirs = await passwords.verify(user?.password_hash ?? null, password);
		if (!isTheirs) throw new AppError('WRONG_PASSWORD');
		await attempt.forgive();
	}

	/** The values are the person's own and stay out of the workspace's log. */
	async #audit(db: Db, member: Member, action: string): Promise<void> {
		await recordAudit(db, {
			workspaceId: member.workspace.id,
			showId: null,
			actor: actorOf(member),
			action,
			target: actorOf(member),
			details: {}
		});
	}
}
