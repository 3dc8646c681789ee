import { sql } from 'kysely';
import { AppError } from '../errors.ts';
import { recordAudit } from '../history/audit.ts';
import type { Db } from '../history/database.ts';
import type { AccessNews } from './access-news.ts';
import { actorOf } from './member.ts';
import type { Member, MemberRole } from './member.ts';
import { may } from './permissions.ts';
import { endSessionsIn, moveSession } from './sessions.ts';

/** Whoever acts: their workspace is the only one that is reached. */
type Actor = Pick<Member, 'userId' | 'workspace'>;
type Roles = ReadonlyMap<string, MemberRole>;

/** Who belongs to a workspace, as what. A workspace has an owner at every moment. */
export class Memberships {
	readonly #db: Db;
	readonly #news: AccessNews;

	constructor(db: Db, news: AccessNews) {
		this.#db = db;
		this.#news = news;
	}

	/** Throws `MEMBER_NOT_FOUND`, `LAST_OWNER`, and `FORBIDDEN` when the actor is no owner any more. */
	async changeRole(actor: Actor, userId: string, role: MemberRole): Promise<void> {
		await this.#asOwner(actor, async (tx, roles) => {
			const before = roleOf(roles, userId);
			if (before === role) return;
			await this.#setRole(tx, actor.workspace.id, userId, role);
			await audit(tx, actor, 'member.role_changed', userId, { role: before }, { role });
		});
		await this.#news.announce(userId);
	}

	/** Their sessions in the workspace end with it. Throws as `changeRole`. */
	async remove(actor: Actor, userId: string): Promise<void> {
		await this.#asOwner(actor, async (tx, roles) => {
			const before = roleOf(roles, userId);
			await this.#takeOut(tx, actor.workspace.id, userId);
			await audit(tx, actor, 'member.removed', userId, { role: before }, null);
		});
		await this.#news.announce(userId);
	}

	/** The session goes on in another workspace of the actor, or ends. Throws `LAST_OWNER`. */
	async leave(actor: Member): Promise<void> {
		await this.#locked(actor, async (tx, roles) => {
			const before = roleOf(roles, actor.userId);
			await moveSession(tx, actor);
			await this.#takeOut(tx, actor.workspace.id, actor.userId);
			await audit(tx, actor, 'member.left', actor.userId, { role: before }, null);
		});
		await this.#news.announce(actor.userId);
	}

	/** Somebody else becomes owner, and the actor operator, in one step. Throws as `changeRole`. */
	async transfer(actor: Actor, userId: string): Promise<void> {
		if (userId === actor.userId) {
			throw new AppError('INVALID_INPUT', { message: 'You own the workspace already.' });
		}
		await this.#asOwner(actor, async (tx, roles) => {
			const role = roleOf(roles, userId);
			await this.#setRole(tx, actor.workspace.id, userId, 'owner');
			await this.#setRole(tx, actor.workspace.id, actor.userId, 'operator');
			await recordAudit(tx, {
				workspaceId: actor.workspace.id,
				showId: null,
				actor: actorOf(actor),
				action: 'workspace.transferred',
				target: actorOf({ userId }),
				details: { before: { role }, after: { role: 'owner' } }
			});
		});
		await this.#news.announce(userId, actor.userId);
	}

	/** As `#locked`, for what owners may; whoever lost the right a moment ago is refused. */
	async #asOwner(actor: Actor, change: (tx: Db, roles: Roles) => Promise<void>): Promise<void> {
		await this.#locked(actor, async (tx, roles) => {
			const role = roles.get(actor.userId);
			if (role === undefined || !may(role, 'manageMembers')) throw new AppError('FORBIDDEN');
			await change(tx, roles);
		});
	}

	/**
	 * One change of a workspace's members at a time: two owners who demote each other at the same moment
	 * would leave none. Throws `LAST_OWNER`, with nothing changed, when no owner would be left.
	 */
	async #locked(actor: Actor, change: (tx: Db, roles: Roles) => Promise<void>): Promise<void> {
		const workspaceId = actor.workspace.id;
		await this.#db.transaction().execute(async (tx) => {
			await sql`select id from workspaces where id = ${workspaceId} for update`.execute(tx);
			const rows = await tx
				.selectFrom('members')
				.where('workspace_id', '=', workspaceId)
				.select(['user_id', 'role'])
				.execute();
			await change(tx, new Map(rows.map((row) => [row.user_id, row.role])));
			const owner = await tx
				.selectFrom('members')
				.where('workspace_id', '=', workspaceId)
				.where('role', '=', 'owner')
				.select('id')
				.limit(1)
				.executeTakeFirst();
			if (!owner) throw new AppError('LAST_OWNER');
		});
	}

	async #setRole(tx: Db, workspaceId: string, userId: string, role: MemberRole): Promise<void> {
		await tx
			.updateTable('members')
			.set({ role })
			.where('workspace_id', '=', workspaceId)
			.where('user_id', '=', userId)
			.execute();
		if (role !== 'owner') await withdrawInvites(tx, workspaceId, userId);
	}

	async #takeOut(tx: Db, workspaceId: string, userId: string): Promise<void> {
		await endSessionsIn(tx, userId, workspaceId);
		await withdrawInvites(tx, workspaceId, userId);
		await tx
			.deleteFrom('members')
			.where('workspace_id', '=', workspaceId)
			.where('user_id', '=', userId)
			.execute();
	}
}

/** Links of somebody who may invite no more: they may have kept one for themselves. */
async function withdrawInvites(tx: Db, workspaceId: string, userId: string): Promise<void> {
	await tx
		.deleteFrom('invites')
		.where('workspace_id', '=', workspaceId)
		.where('created_by', '=', userId)
		.execute();
}

function roleOf(roles: Roles, userId: string): MemberRole {
	const role = roles.get(userId);
	if (role === undefined) throw new AppError('MEMBER_NOT_FOUND');
	return role;
}

async function audit(
	tx: Db,
	actor: Actor,
	action: string,
	userId: string,
	before: { readonly role: MemberRole },
	after: { readonly role: MemberRole } | null
): Promise<void> {
	await recordAudit(tx, {
		workspaceId: actor.workspace.id,
		showId: null,
		actor: actorOf(actor),
		action,
		target: actorOf({ userId }),
		details: { before, after }
	});
}
