import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { AppError } from '../errors.ts';
import { recordAudit } from '../history/audit.ts';
import type { Db } from '../history/database.ts';
import type { InvitesTable } from '../history/tables/people.ts';
import { hashInviteToken, newInviteToken } from './invite-token.ts';
import { actorOf } from './member.ts';
import type { Member } from './member.ts';
import type { AuthLimits } from './rate-limits.ts';

/** How long a link can be used. */
export const INVITE_DAYS = 7;
/** A workspace never needs more open links than this. */
const MAX_OPEN = 50;

export type InviteRole = InvitesTable['role'];

export type OpenInvite = {
	readonly id: string;
	readonly role: InviteRole;
	readonly inviterName: string;
	readonly createdAt: Date;
	readonly expiresAt: Date;
};

/** What stands in a link: shown once, stored nowhere. */
export type NewInvite = {
	readonly id: string;
	readonly token: string;
	readonly role: InviteRole;
	readonly expiresAt: Date;
};

/** Links that an owner hands out; each lets one person join. Using them is in invitations.ts. */
export class Invites {
	readonly #db: Db;
	readonly #limits: AuthLimits;

	constructor(db: Db, limits: AuthLimits) {
		this.#db = db;
		this.#limits = limits;
	}

	/** Throws `RATE_LIMITED`. */
	async create(actor: Member, role: InviteRole): Promise<NewInvite> {
		await this.#limits.countInvite(actor.workspace.id);
		const id = randomUUID();
		const token = newInviteToken();
		const expiresAt = await this.#db.transaction().execute(async (tx) => {
			await this.#makeRoom(tx, actor.workspace.id);
			const row = await tx
				.insertInto('invites')
				.values({
					id,
					workspace_id: actor.workspace.id,
					token_hash: hashInviteToken(token),
					role,
					created_by: actor.userId,
					expires_at: sql<Date>`now() + make_interval(days => ${INVITE_DAYS})`
				})
				.returning('expires_at')
				.executeTakeFirstOrThrow();
			await audit(tx, actor, 'member.invited', id, { before: null, after: { role } });
			return row.expires_at;
		});
		return { id, token, role, expiresAt };
	}

	/** Links that can still be used, newest first. */
	async list(workspaceId: string): Promise<OpenInvite[]> {
		return await this.#db
			.selectFrom('invites')
			.innerJoin('users', 'users.id', 'invites.created_by')
			.where('invites.workspace_id', '=', workspaceId)
			.where('invites.expires_at', '>', sql<Date>`now()`)
			.orderBy('invites.created_at', 'desc')
			.select([
				'invites.id',
				'invites.role',
				'users.name as inviterName',
				'invites.created_at as createdAt',
				'invites.expires_at as expiresAt'
			])
			.execute();
	}

	/** Makes a link useless. Throws `INVITE_NOT_FOUND`, alike for another workspace's. */
	async revoke(actor: Member, id: string): Promise<void> {
		await this.#db.transaction().execute(async (tx) => {
			const invite = await tx
				.deleteFrom('invites')
				.where('id', '=', id)
				.where('workspace_id', '=', actor.workspace.id)
				.returning('role')
				.executeTakeFirst();
			if (!invite) throw new AppError('INVITE_NOT_FOUND');
			const before = { role: invite.role };
			await audit(tx, actor, 'member.invite_withdrawn', id, { before, after: null });
		});
	}

	/** Forgets links that are too old, and refuses when too many are left. */
	async #makeRoom(tx: Db, workspaceId: string): Promise<void> {
		await tx
			.deleteFrom('invites')
			.where('workspace_id', '=', workspaceId)
			.where('expires_at', '<=', sql<Date>`now()`)
			.execute();
		const open = await tx
			.selectFrom('invites')
			.where('workspace_id', '=', workspaceId)
			.select((eb) => eb.fn.countAll<string>().as('count'))
			.executeTakeFirstOrThrow();
		if (Number(open.count) < MAX_OPEN) return;
		const message = `There are ${MAX_OPEN} open invitations. Withdraw some first.`;
		throw new AppError('RATE_LIMITED', { message });
	}
}

async function audit(
	tx: Db,
	actor: Member,
	action: string,
	inviteId: string,
	details: Readonly<Record<string, unknown>>
): Promise<void> {
	await recordAudit(tx, {
		workspaceId: actor.workspace.id,
		showId: null,
		actor: actorOf(actor),
		action,
		target: `invite:${inviteId}`,
		details
	});
}
